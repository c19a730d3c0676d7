// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - host-test TEST [options]
 */
#include <getopt.h>
#include <time.h>
#include "tests.h"

static const struct {
	const char *name;
	int (*run)(const struct options *o);
	const char *what;
	bool module;		/* wants it loaded around it */
} tests[] = {
	{ "layout", test_layout, "every layout and size, against a picture" },
	{ "pages", test_pages, "every three sizes in a page: placed, slid, moved", true },
	{ "density", test_density, "pages after half of the objects went", true },
	{ "random", test_random, "random operations against a model" },
	{ "replay", test_replay, "files of operations against a model" },
	{ "checker", test_checker, "the validator finds what is wrong" },
	{ "misuse", test_misuse, "what owners do wrong, and rare cases" },
#ifndef HOST_TSAN
	{ "schedules", test_schedules, "short runs with random schedules" },
#endif
	{ "threads", test_threads, "threads that do everything at once" },
#ifdef HOST_FRONTENDS
	{ "frontends", test_frontends, "zpool and the bridge, as kernels have them", true },
#endif
	{ "switch", test_switch, "pools made and destroyed under migration" },
};

static void usage(void)
{
	unsigned int i;

	puts("host-test TEST [options] [file...]: test z3fold in userspace\n");
	for (i = 0; i < ARRAY_SIZE(tests); i++)
		printf("  %-10s %s\n", tests[i].name, tests[i].what);
	puts("\n"
	     "  --seed N     begin with this seed (default: the time); it is printed\n"
	     "  --ops N      as many operations (random) or runs (schedules)\n"
	     "  --seconds N  as long (default 5), where --ops is not given\n"
	     "  --threads N  owners at once (default 2)\n"
	     "  --cpus N     simulated CPUs (default 4)\n"
	     "  --pages N    page frames (default 8192; schedules: 96)\n"
	     "  --every N    every Nth case alone (pages)\n"
	     "\n"
	     "A random case that fails is made shorter and stored in failed-case.");
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "seed", 1, NULL, 's' }, { "ops", 1, NULL, 'o' },
		{ "seconds", 1, NULL, 't' }, { "threads", 1, NULL, 'n' },
		{ "cpus", 1, NULL, 'c' }, { "pages", 1, NULL, 'p' },
		{ "every", 1, NULL, 'e' }, { "help", 0, NULL, 'h' }, { }
	};
	struct options o = { .seed = time(NULL), .seconds = 5, .threads = 2 };
	static struct host_task task;
	unsigned long pages = 0;
	unsigned int i;
	int c, err;

	while ((c = getopt_long(argc, argv, "h", longs, NULL)) != -1)
		switch (c) {
		case 's':
			o.seed = strtoull(optarg, NULL, 0);
			break;
		case 'o':
			o.ops = strtoul(optarg, NULL, 0);
			break;
		case 't':
			o.seconds = atoi(optarg);
			break;
		case 'n':
			o.threads = min(atoi(optarg), 8);
			break;
		case 'c':
			host_cpus_possible = (2ULL << (atoi(optarg) - 1)) - 1;
			break;
		case 'p':
			pages = strtoul(optarg, NULL, 0);
			break;
		case 'e':
			o.max = atoi(optarg);
			break;
		default:
			usage();
			return c != 'h';
		}
	for (i = 0; i < ARRAY_SIZE(tests) && optind < argc; i++)
		if (!strcmp(argv[optind], tests[i].name))
			break;
	if (optind >= argc || i == ARRAY_SIZE(tests)) {
		usage();
		return 1;
	}
	o.files = argv + optind + 1;
	if (!pages)
		pages = strcmp(tests[i].name, "schedules") ? 8192 : 96;
	printf("# %s: seed %llu\n", tests[i].name, (unsigned long long)o.seed);
	fflush(stdout);
	host_task_init(&task, o.seed);
	host_mem_init(pages);
	host_quiet = true;
	host_seed = o.seed;
	host_watch_death();
	if (tests[i].module)
		host_module_init();
	err = tests[i].run(&o);
	if (tests[i].module)
		host_module_exit();
	return err;
}
