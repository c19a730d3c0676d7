// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - z3foldctl: the command line, and what all commands need
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} commands[] = {
	{ "status", command_status, "what is in effect, and what z3fold holds" },
	{ "chunks", command_chunks, "how large the objects are, as bars" },
	{ "top", command_top, "the figures, live" },
	{ "enable", command_enable, "let zswap store in z3fold" },
	{ "disable", command_disable, "go back to what was before, and bring back what z3fold holds" },
	{ "doctor", command_doctor, "why does it not work, and what to do" },
	{ "stress", command_stress, "a verified storm on a pool of its own" },
};

static const char *command_name;
static volatile sig_atomic_t was_interrupted;

void say(const char *format, ...)
{
	va_list args;

	fputs("z3foldctl: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

void die(enum exit_status status, const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fputs("z3foldctl: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(status);
}

void wrong_usage(const char *format, ...)
{
	va_list args;

	fputs("z3foldctl: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, " (see z3foldctl %s%s--help)\n", command_name ? command_name : "",
		command_name ? " " : "");
	exit(WRONG_USAGE);
}

void need_root(const char *what)
{
	if (files_real_root() && geteuid() != 0)
		die(NOT_PERMITTED, "%s needs root: sudo z3foldctl %s", what, command_name);
}

uint64_t number_argument(const char *option, const char *text, uint64_t least, uint64_t most)
{
	char *end;
	unsigned long long value;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || value < least || value > most)
		wrong_usage("%s takes a number from %llu to %llu, not '%s'", option,
			    (unsigned long long)least, (unsigned long long)most, text);
	return value;
}

void *must(void *allocated)
{
	if (!allocated)
		die(FAILED, "out of memory");
	return allocated;
}

char *text_of(const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	if (len < 0)
		die(FAILED, "out of memory");
	return text;
}

static void on_signal(int number)
{
	(void)number;
	was_interrupted = 1;
}

bool interrupted(void)
{
	return was_interrupted;
}

static void usage(FILE *out)
{
	size_t i;

	fputs("Usage: z3foldctl [--sysroot DIR] COMMAND [OPTION...]\n\n"
	      "z3fold stores what zswap compresses, up to three objects in one page.\n\n", out);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "  %-9s %s\n", commands[i].name, commands[i].help);
	fputs("\n      --sysroot DIR  look at /sys, /proc, /etc ... below DIR (Z3FOLDCTL_SYSROOT too)\n"
	      "  -h, --help         this; z3foldctl COMMAND --help for a command\n"
	      "  -V, --version\n\n"
	      "Exit status: 0 done, 1 failed, 2 wrong usage, 3 z3fold is not in effect or doctor\n"
	      "found trouble, 4 not permitted, 5 still in use, 6 not possible on this kernel,\n"
	      "130 interrupted. More in z3foldctl(8).\n", out);
}

/* No SA_RESTART: a wait ends at Ctrl-C, and the command tidies up by itself. */
static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "sysroot", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	const char *root = getenv("Z3FOLDCTL_SYSROOT");
	int option, status;
	size_t i;

	while ((option = getopt_long(argc, argv, "+hV", options, NULL)) != -1) {
		switch (option) {
		case 's':
			root = optarg;
			break;
		case 'h':
			usage(stdout);
			return DONE;
		case 'V':
			puts("z3foldctl " Z3FOLD_VERSION);
			return DONE;
		default:
			usage(stderr);
			return WRONG_USAGE;
		}
	}
	files_set_root(root ? root : "");
	if (optind == argc) {
		usage(stderr);
		return WRONG_USAGE;
	}
	argc -= optind;
	argv += optind;
	optind = 1;
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(argv[0], commands[i].name))
			continue;
		command_name = commands[i].name;
		if (argc > 1 && !strcmp(argv[1], "--version")) {
			puts("z3foldctl " Z3FOLD_VERSION);
			return DONE;
		}
		catch_signals();
		status = commands[i].run(argc, argv);
		if (fflush(stdout) || ferror(stdout))
			die(FAILED, "cannot write the output: %s", strerror(errno));
		return status;
	}
	wrong_usage("there is no command '%s'", argv[0]);
}
