// SPDX-License-Identifier: GPL-2.0-only
/*
 * stress.c - the module's own storm, see debugfs/README.md
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

#define TRIGGER DEBUGFS "/stress"

static void help(void)
{
	puts("Usage: z3foldctl stress [KEY=VALUE...]\n\n"
	     "The module runs a verified storm on a pool of its own: threads store, read back,\n"
	     "compare and free objects while others move them. Then its report is shown.\n"
	     "zswap's own pools are not touched. Ctrl-C ends it at once.\n\n"
	     "  z3foldctl stress threads=4 objects=20000 ops=1000000 sizes=lzo seed=7\n"
	     "  z3foldctl stress migrate=1 compact=1 reclaim=1 fail=100\n\n"
	     "All keys are in debugfs/README.md; without any, the module's defaults.\n"
	     "Exits with 0 if the report says errors 0.\n\n"
	     "  -r, --report       only show the last run's report\n"
	     "  -h, --help");
}

/* "errors N" on a line of its own; false if the report has no such line. */
static bool errors_in(const char *report, unsigned long long *errors)
{
	const char *line;

	for (line = report; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (sscanf(line, "errors %llu", errors) == 1)
			return true;
	}
	return false;
}

static int run(const char *what)
{
	int error = file_write(TRIGGER, what);

	switch (error) {
	case 0:
	case EINTR:
		return error;
	case EBUSY:
		die(STILL_IN_USE, "another storm is running");
	case EINVAL:
		die(WRONG_USAGE, "the module does not take '%s'; the kernel's log names what is wrong: dmesg | tail", what);
	case EOPNOTSUPP:
		die(NOT_POSSIBLE, "not on this kernel: '%s'; the kernel's log says what: dmesg | tail", what);
	case ENOMEM:
		say("the module ran out of memory; what it did is in the report");
		return error;
	}
	die(FAILED, "%s: %s", TRIGGER, strerror(error));
}

int command_stress(int argc, char **argv)
{
	static const struct option options[] = {
		{ "report", no_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	bool only_report = false;
	unsigned long long errors;
	char *what = must(strdup("")), *report;
	int option, i, error = 0, status = DONE;

	while ((option = getopt_long(argc, argv, "rh", options, NULL)) != -1) {
		if (option == 'h') {
			help();
			free(what);
			return DONE;
		}
		if (option != 'r')
			wrong_usage("stress does not know this");
		only_report = true;
	}
	for (i = optind; i < argc; i++) {
		char *longer;

		if (!strchr(argv[i], '=') || *argv[i] == '=' || strpbrk(argv[i], " \n"))
			wrong_usage("stress takes KEY=VALUE, not '%s'", argv[i]);
		longer = text_of("%s%s%s", what, *what ? " " : "", argv[i]);
		free(what);
		what = longer;
	}
	need_root("the trigger");
	if (!file_exists(TRIGGER))
		die(NOT_IN_EFFECT, "%s is not there: z3fold is not loaded (modprobe z3fold), or debugfs not mounted", TRIGGER);
	if (!only_report) {
		char *line = text_of("%s\n", what);

		error = run(line);
		free(line);
	}
	free(what);
	report = file_read(TRIGGER);
	if (!report)
		die(FAILED, "%s cannot be read: %s", TRIGGER, strerror(errno));
	puts(report);
	if (error == EINTR || interrupted()) {
		status = INTERRUPTED;
	} else if (!errors_in(report, &errors)) {
		say("the report does not say how many errors there were");
		status = FAILED;
	} else if (errors || error) {
		status = FAILED;
	}
	free(report);
	return status;
}
