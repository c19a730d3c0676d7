// SPDX-License-Identifier: GPL-2.0-only
/*
 * disable.c - zswap goes back to what it had before, and z3fold is emptied and unloaded
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"

static void help(void)
{
	puts("Usage: z3foldctl disable [OPTION...]\n\n"
	     "Puts zswap's settings back as they were before enable, brings back what z3fold\n"
	     "holds (swapoff and swapon of each swap device), and unloads the module. Says what\n"
	     "it waits for; Ctrl-C leaves everything usable, and disable can be repeated.\n\n"
	     "  -p, --persist      at each boot too: switches " SERVICE " off\n"
	     "  -n, --no-drain     only put the settings back: what z3fold holds stays there\n"
	     "                     until it is used\n"
	     "  -t, --timeout SECS for bringing back (600)\n"
	     "      --service      for " SERVICE ", which must not stop itself: as\n"
	     "                     --no-drain\n"
	     "  -h, --help");
}

static void stop_service(bool persistent)
{
	char *const stop[] = { "systemctl", "stop", SERVICE, NULL };
	char *const disable[] = { "systemctl", "disable", SERVICE, NULL };
	char *output;

	if (!file_exists("/run/systemd/system"))
		return;
	if (persistent) {
		if (run_program(disable, &output))
			say("%s cannot be switched off: %s", SERVICE, output);
		free(output);
	}
	if (run_program(stop, &output) && !strstr(output, "not loaded"))
		say("%s cannot be stopped: %s", SERVICE, output);
	free(output);
}

/* Does z3fold still have pools? An empty one that zswap has left goes by itself, soon. */
static bool has_pools(void)
{
	struct facts facts;
	bool users, objects;
	int tries = 0;

	do {
		if (tries)
			usleep(250000);
		facts_get(&facts);
		users = facts.users;
		objects = facts.objects;
		facts_free(&facts);
	} while (users && !objects && ++tries < 20 && !interrupted());
	return users;
}

/*
 * Without zpool, going back to a compressor whose pool is still there would revive that
 * pool, and it is z3fold's. So the compressor waits until all is brought back; a repeated
 * disable finds what was noted.
 */
static void restore(void)
{
	struct settings before = { 0 };
	char *saved = file_path(SAVED);
	struct facts facts;
	bool wait;

	facts_get(&facts);
	if (!settings_read(&before, SAVED) && facts.front_end == BRIDGE && facts.capture && facts.compressor) {
		settings_set(&before, COMPRESSOR, facts.compressor, "");
		settings_write(&before, SAVED);
	}
	if (zswap_leave(&before)) {
		wait = facts.front_end == BRIDGE && has_pools();
		zswap_restore(&before, wait);
		if (!wait)
			unlink(saved);
	}
	facts_free(&facts);
	free(saved);
	settings_free(&before);
}

/* zswap destroys a pool in a work item, so a little after the last object went. */
static enum exit_status unload(void)
{
	char *const modprobe[] = { "modprobe", "-r", "z3fold", NULL };
	enum exit_status status = STILL_IN_USE;
	struct facts facts;
	char *output = NULL;
	int tries;

	facts_get(&facts);
	for (tries = 0; facts.loaded && tries < 20 && !interrupted(); tries++) {
		if (tries)
			usleep(250000);
		free(output);
		run_program(modprobe, &output);
		facts_free(&facts);
		facts_get(&facts);
	}
	if (!facts.loaded)
		status = DONE;
	else if (facts.users)
		say("z3fold is empty, but zswap still holds %llu of its pools, so the module stays loaded: harmless; "
		    "zswap of kernels up to 6.6 can forget one, which lasts until the next boot",
		    (unsigned long long)facts.users);
	else
		say("the module stays loaded: %s", output && *output ? output : "modprobe -r z3fold did nothing");
	facts_free(&facts);
	free(output);
	return status;
}

int command_disable(int argc, char **argv)
{
	static const struct option options[] = {
		{ "persist", no_argument, NULL, 'p' },
		{ "no-drain", no_argument, NULL, 'n' },
		{ "timeout", required_argument, NULL, 't' },
		{ "service", no_argument, NULL, 'S' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	bool persistent = false, no_drain = false, service = false;
	unsigned int seconds = 600;
	enum exit_status status;
	struct facts facts;
	bool loaded;
	int option;

	while ((option = getopt_long(argc, argv, "pnt:h", options, NULL)) != -1) {
		switch (option) {
		case 'p':
			persistent = true;
			break;
		case 'n':
			no_drain = true;
			break;
		case 't':
			seconds = number_argument("--timeout", optarg, 1, 86400);
			break;
		case 'S':
			service = true;
			break;
		case 'h':
			help();
			return DONE;
		default:
			wrong_usage("disable does not know this");
		}
	}
	if (optind < argc)
		wrong_usage("disable takes no '%s'", argv[optind]);
	need_root("setting zswap");
	if (!service)
		stop_service(persistent);
	restore();
	facts_get(&facts);
	loaded = facts.loaded;
	if (facts.in_effect) {
		facts_free(&facts);
		return FAILED;
	}
	facts_free(&facts);
	if (!loaded) {
		puts("z3fold is not loaded");
		return DONE;
	}
	if (no_drain || service) {
		puts("zswap stores elsewhere; what z3fold holds stays there until it is used");
		return DONE;
	}
	status = drain(seconds);
	if (status == INTERRUPTED)
		say("interrupted: zswap stores elsewhere, what is left stays in z3fold until it is used");
	else if (status == STILL_IN_USE)
		say("zswap stores elsewhere, and z3fold still holds this: repeat z3foldctl disable, or wait until it was used");
	if (status == DONE) {
		if (file_exists(SAVED))
			restore();
		status = unload();
	}
	if (status == DONE)
		puts("z3fold is empty and unloaded");
	return status;
}
