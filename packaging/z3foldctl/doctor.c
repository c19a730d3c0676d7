// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor.c - why z3fold does not work here: a line a finding, and what to do
 */
#include <dirent.h>
#include <fnmatch.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"
#include "doctor.h"

static unsigned int troubles, doubts;
static bool quiet;

static void print_finding(const char *mark, const char *format, va_list args)
{
	printf("%-8s", mark);
	vprintf(format, args);
	putchar('\n');
}

void good(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (!quiet)
		print_finding("ok", format, args);
	va_end(args);
}

void doubt(const char *format, ...)
{
	va_list args;

	doubts++;
	va_start(args, format);
	print_finding("note", format, args);
	va_end(args);
}

void trouble(const char *format, ...)
{
	va_list args;

	troubles++;
	va_start(args, format);
	print_finding("TROUBLE", format, args);
	va_end(args);
}

/* 'y', 'm', 'n', or 0 where no file tells. */
static char kernel_config(const char *release, const char *option)
{
	char *places[3] = {
		text_of("/boot/config-%s", release),
		text_of("/lib/modules/%s/config", release),
		text_of("/lib/modules/%s/build/.config", release),
	};
	char *set = text_of("\n%s=", option), *text = NULL, *found;
	char answer = 0;
	size_t i;

	for (i = 0; i < 3; i++) {
		if (!text)
			text = file_read(places[i]);
		free(places[i]);
	}
	if (text) {
		char *lines = text_of("\n%s", text);

		found = strstr(lines, set);
		answer = found ? found[strlen(set)] : 'n';
		free(lines);
	}
	free(text);
	free(set);
	return answer;
}

static bool ftrace_is_off(void)
{
	uint64_t on;

	return file_number("/proc/sys/kernel/ftrace_enabled", &on) && !on;
}

static void check_kernel(const struct facts *facts, const char *release)
{
	const char *kernel = "boot one that has: on Debian linux-image-amd64";

	if (facts->zswap)
		good("the kernel (%s) has zswap", release);
	else if (strstr(release, "-cloud-"))
		trouble("a cloud kernel (%s), which has no zswap: %s", release, kernel);
	else
		trouble("the kernel (%s) has no zswap: %s", release, kernel);
	if (!facts->zswap)
		return;
	if (facts->zpool)
		good("zswap takes other allocators, through zpool");
	else if (facts->front_end == BRIDGE)
		good("the kernel has no zpool; the module's bridge serves zswap");
	else if (kernel_config(release, "CONFIG_DYNAMIC_FTRACE_WITH_ARGS") == 'n')
		trouble("the kernel has no zpool, and no function tracer for the bridge: another kernel is needed");
	else
		doubt("the kernel has no zpool: z3fold reaches zswap through its bridge, when it is loaded");
	if (!facts->zpool && facts->front_end != BRIDGE && ftrace_is_off())
		trouble("the function tracer is off, which the bridge needs: sudo sysctl kernel.ftrace_enabled=1");
}

static void check_modules(const struct facts *facts, const char *release)
{
	char *path = text_of("/lib/modules/%s/modules.dep", release), *text = file_read(path);
	char *line, *rest = text;
	bool ours = false, kernels = false;

	while ((line = strsep(&rest, "\n"))) {
		line[strcspn(line, ":")] = 0;
		if (!fnmatch("*/z3fold.ko*", line, 0)) {
			if (!strncmp(line, "kernel/", 7))
				kernels = true;
			else
				ours = true;
		}
	}
	if (!text)
		trouble("%s cannot be read: sudo depmod", path);
	else if (ours)
		good("depmod knows this z3fold for %s", release);
	else if (kernels)
		trouble("for %s there is the kernel's own z3fold only, which is another: install z3fold-dkms", release);
	else
		trouble("there is no module z3fold for %s: install z3fold-dkms, or look at dkms status", release);
	free(text);
	free(path);

	if (facts->foreign)
		trouble("loaded is the kernel's own z3fold: zswap must leave it first (sudo z3foldctl disable; or reboot), then modprobe takes this one");
	else if (facts->loaded)
		good("the module is loaded, version %s, %llu in use", facts->version, (unsigned long long)facts->users);
	else
		doubt("the module is not loaded: sudo z3foldctl enable");
	if (facts->loaded && facts->version && strcmp(facts->version, Z3FOLD_VERSION))
		doubt("the loaded module is version %s, z3foldctl is %s: disable and enable, or reboot, takes the new one",
		      facts->version, Z3FOLD_VERSION);
}

static void check_headers(const char *release)
{
	char *path = text_of("/lib/modules/%s/build/Makefile", release);

	if (file_exists(path))
		good("the kernel's headers are installed");
	else
		trouble("no headers for %s, so dkms cannot build: install linux-headers-%s (Debian), kernel-devel (Fedora), linux-headers (Arch)",
			release, release);
	free(path);
}

/* The newest version that dkms has a tree of: NULL for none. */
static char *dkms_version(void)
{
	char *full = file_path("/var/lib/dkms/z3fold"), *version = NULL;
	DIR *dir = opendir(full);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (*entry->d_name == '.' || !strncmp(entry->d_name, "kernel-", 7) ||
		    !strcmp(entry->d_name, "original_module"))
			continue;
		if (version && strverscmp(version, entry->d_name) >= 0)
			continue;
		free(version);
		version = must(strdup(entry->d_name));
	}
	if (dir)
		closedir(dir);
	free(full);
	return version;
}

static void check_dkms(const char *release)
{
	char *version = dkms_version();
	char *built, *log;

	if (!version) {
		doubt("dkms does not know z3fold: install z3fold-dkms (or the module was built by hand)");
		return;
	}
	built = text_of("/var/lib/dkms/z3fold/%s/%s", version, release);
	log = text_of("/var/lib/dkms/z3fold/%s/build/make.log", version);
	if (file_exists(built))
		good("dkms has built z3fold %s for %s", version, release);
	else if (file_exists(log))
		trouble("dkms has not built z3fold %s for %s; the end of %s says why", version, release, log);
	else
		trouble("dkms has not built z3fold %s for %s: sudo dkms autoinstall", version, release);
	free(log);
	free(built);
	free(version);
}

static void check_swap(void)
{
	char *text = file_read("/proc/swaps"), *first = text ? strchr(text, '\n') : NULL;

	if (!first)
		doubt("there is no swap: zswap does nothing until there is");
	else if (strstr(first, "/zram"))
		doubt("there is swap on zram: what zswap compresses would be compressed twice; one of the two should go");
	else
		good("there is swap");
	free(text);
}

static void check_effect(const struct facts *facts)
{
	if (!facts->zswap)
		return;
	if (facts->in_effect)
		good("zswap is on and stores in z3fold, through its %s", facts->front_end == ZPOOL ? "zpool" : "bridge");
	else if (!facts->enabled)
		doubt("zswap is off: sudo z3foldctl enable");
	else
		doubt("zswap stores in %s: sudo z3foldctl enable", facts_allocator(facts));
}

static void help(void)
{
	puts("Usage: z3foldctl doctor [OPTION...]\n\n"
	     "Looks for what keeps z3fold from working here: a line a finding, with what to do.\n"
	     "As root it sees more: the kernel's log, the Secure Boot key.\n\n"
	     "  -q, --quiet        no lines for what is as it should be\n"
	     "  -h, --help\n\n"
	     "Exits with 0, or with 3 if there is TROUBLE.");
}

int command_doctor(int argc, char **argv)
{
	static const struct option options[] = {
		{ "quiet", no_argument, NULL, 'q' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct facts facts;
	const char *release;
	int option;

	while ((option = getopt_long(argc, argv, "qh", options, NULL)) != -1) {
		if (option == 'h') {
			help();
			return DONE;
		}
		if (option != 'q')
			wrong_usage("doctor does not know this");
		quiet = true;
	}
	if (optind < argc)
		wrong_usage("doctor takes no '%s'", argv[optind]);
	facts_get(&facts);
	release = facts.release;
	if (!release)
		die(FAILED, "/proc/sys/kernel/osrelease cannot be read: is /proc mounted?");
	check_kernel(&facts, release);
	check_headers(release);
	check_dkms(release);
	check_modules(&facts, release);
	doctor_secure_boot(&facts);
	doctor_boot(&facts, release);
	check_swap();
	check_effect(&facts);
	doctor_log();
	facts_free(&facts);
	if (troubles)
		printf("%u in the way, %u to note\n", troubles, doubts);
	else if (!quiet)
		puts("nothing is in the way");
	return troubles ? NOT_IN_EFFECT : DONE;
}
