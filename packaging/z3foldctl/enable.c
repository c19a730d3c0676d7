// SPDX-License-Identifier: GPL-2.0-only
/*
 * enable.c - let zswap store in z3fold, now and at each boot
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

static void help(void)
{
	puts("Usage: z3foldctl enable [OPTION...]\n\n"
	     "Loads the module, and lets zswap store in it, with the settings in\n"
	     CONFIG " and those given here. What was set before is noted in\n"
	     SAVED ", for disable. If something fails, all is put back.\n\n"
	     "  -p, --persist                      at each boot too: writes the options to the\n"
	     "                                     file, and switches " SERVICE " on\n"
	     "  -c, --compressor NAME              such as lzo-rle, lz4, zstd\n"
	     "  -m, --max-pool-percent N           of memory, for compressed pages\n"
	     "  -a, --accept-threshold-percent N   of that, below which a full zswap takes pages again\n"
	     "  -s, --shrinker yes|no              zswap writes cold pages to the disk (6.8 and later)\n"
	     "      --config FILE                  instead of " CONFIG "\n"
	     "  -h, --help");
}

/* The kernel's own z3fold would be loaded by the same name; nothing of it is ours. */
static void load_module(void)
{
	char *const modprobe[] = { "modprobe", "z3fold", NULL };
	struct facts facts;
	char *output;
	int status;

	facts_get(&facts);
	if (!facts.zswap)
		die(NOT_POSSIBLE, "this kernel (%s) has no zswap; z3foldctl doctor says what to do",
		    facts.release ? facts.release : "unknown");
	if (!facts.loaded) {
		status = run_program(modprobe, &output);
		if (status)
			die(FAILED, "the module cannot be loaded: %s\nz3foldctl: sudo z3foldctl doctor says why",
			    *output ? output : "modprobe failed");
		free(output);
	}
	facts_free(&facts);
	facts_get(&facts);
	if (!facts.loaded)
		die(FAILED, "modprobe z3fold did nothing; sudo z3foldctl doctor says why");
	if (facts.foreign)
		die(FAILED, "the kernel's own z3fold is loaded, not this one; sudo z3foldctl doctor says more");
	if (facts.front_end == NO_FRONT_END)
		die(NOT_POSSIBLE, "this kernel (%s) has no zpool, and this module no bridge to its zswap",
		    facts.release ? facts.release : "unknown");
	facts_free(&facts);
}

/* Once: what a second enable finds is our own. */
static void save_before(const struct settings *before)
{
	int error;

	if (file_exists(SAVED))
		return;
	error = settings_write(before, SAVED);
	if (error)
		say("%s cannot be written (%s): disable will choose for itself", SAVED, strerror(error));
}

static int persist(const struct settings *given, const char *config)
{
	char *const enable[] = { "systemctl", "enable", SERVICE, NULL };
	char *const start[] = { "systemctl", "start", SERVICE, NULL };
	char *output;
	int error = settings_write(given, config);

	if (error)
		die(FAILED, "%s cannot be written: %s", config, strerror(error));
	if (!file_exists("/run/systemd/system")) {
		say("this system was not booted by systemd: let its boot scripts run z3foldctl enable");
		return FAILED;
	}
	if (run_program(enable, &output) || (free(output), run_program(start, &output))) {
		say("%s cannot be switched on: %s", SERVICE, output);
		free(output);
		return FAILED;
	}
	free(output);
	return 0;
}

static void report(void)
{
	struct facts facts;
	char *swaps = file_read("/proc/swaps");

	facts_get(&facts);
	printf("zswap is on, stores in %s%s%s, compressed by %s\n", facts_allocator(&facts),
	       facts.front_end == BRIDGE ? " through the bridge" : "", facts.version ? "" : " (unknown version)",
	       facts.compressor ? facts.compressor : "?");
	if (!swaps || !strchr(swaps, '\n'))
		say("there is no swap: zswap does nothing until there is (swapon)");
	free(swaps);
	facts_free(&facts);
}

int command_enable(int argc, char **argv)
{
	static const struct option options[] = {
		{ "persist", no_argument, NULL, 'p' },
		{ "compressor", required_argument, NULL, 'c' },
		{ "max-pool-percent", required_argument, NULL, 'm' },
		{ "accept-threshold-percent", required_argument, NULL, 'a' },
		{ "shrinker", required_argument, NULL, 's' },
		{ "config", required_argument, NULL, 'F' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct settings given = { 0 }, settings = { 0 }, before = { 0 };
	const char *config = CONFIG;
	bool persistent = false, config_given = false;
	int option, status, i;

	while ((option = getopt_long(argc, argv, "pc:m:a:s:h", options, NULL)) != -1) {
		switch (option) {
		case 'p':
			persistent = true;
			break;
		case 'c':
			settings_set(&given, COMPRESSOR, optarg, "--compressor");
			break;
		case 'm':
			settings_set(&given, MAX_POOL, optarg, "--max-pool-percent");
			break;
		case 'a':
			settings_set(&given, ACCEPT, optarg, "--accept-threshold-percent");
			break;
		case 's':
			settings_set(&given, SHRINKER, optarg, "--shrinker");
			break;
		case 'F':
			config = optarg;
			config_given = true;
			break;
		case 'h':
			help();
			return DONE;
		default:
			wrong_usage("enable does not know this");
		}
	}
	if (optind < argc)
		wrong_usage("enable takes no '%s'", argv[optind]);
	settings_set(&settings, POOL, "z3fold", "");
	if (!settings_read(&settings, config) && config_given)
		die(FAILED, "there is no %s", config);
	for (i = 0; i < NR_SETTINGS; i++)
		if (given.value[i])
			settings_set(&settings, i, given.value[i], "");
	need_root("setting zswap");

	if (settings.value[POOL] && !strcmp(settings.value[POOL], "z3fold"))
		load_module();
	settings_current(&before);
	status = zswap_apply(&settings);
	if (status) {
		say("putting zswap's settings back");
		zswap_leave(&before);
		zswap_restore(&before, false);
	} else {
		save_before(&before);
		if (persistent)
			status = persist(&given, config);
		report();
	}
	settings_free(&before);
	settings_free(&settings);
	settings_free(&given);
	return status;
}
