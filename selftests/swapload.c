// SPDX-License-Identifier: GPL-2.0-only
/*
 * swapload: memory pressure whose data is verified.
 *
 * It maps anonymous memory, fills it with pages that compress as real ones do (page_content.h) and reads them back. The
 * caller puts it into a memory cgroup with a limit several times smaller, so that most pages go through swap, and with
 * zswap through the allocator under test, between the writing and the reading.
 *
 * Phases: fill, [hold,] verify, [rewrite, verify,] free a random part (or already before the hold), [refill it, verify,]
 * [loop, verify,] [discard, hold]. Each phase runs
 * on all threads and touches each page in one of them only; a phase ends when all threads have ended. It can hold after
 * each of them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "page_content.h"

#define MAX_THREADS	64
#define REPORTED	5		/* mismatches printed in full */
#define DISCARDED	(1U << 31)	/* in generations[]: the page was given back, and reads as zeros */

struct worker {
	pthread_t thread;
	unsigned int id;
	void (*phase)(struct worker *w);
	uint64_t random;
	uint64_t pages;			/* handled in this phase */
	uint64_t verified;
	uint64_t mismatches;
};

static struct {
	unsigned long size_mib;
	unsigned long seed;
	unsigned long bytes;
	unsigned long threads;
	unsigned long free_percent;
	unsigned long loop_seconds;
	unsigned long corrupt;
	bool hold;
	bool hold_all;
	bool rewrite;
	bool thin;
	bool no_refill;
	bool discard_all;
} opt = { .size_mib = 64, .seed = 1, .threads = 1, .free_percent = 50 };

static struct worker workers[MAX_THREADS];
static unsigned char *memory;
static uint32_t *generations;		/* one a page: generation, and DISCARDED */
static unsigned long nr_pages;
static unsigned int order;		/* 1 << order >= nr_pages */
static uint64_t shuffle;		/* each phase visits the pages in another order */
static double loop_end;
static sigset_t signals;		/* that are handled: blocked in the main thread, but where it holds */

static volatile sig_atomic_t stop, go_on;	/* go_on ends a hold or a loop, the next one if none is on */

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static uint64_t next_random(struct worker *w)
{
	w->random += 0x9e3779b97f4a7c15ULL;
	return mix64(w->random);
}

static uint64_t *page_address(unsigned long page)
{
	return (uint64_t *)(memory + page * PAGE_BYTES);
}

/* A bijection of 0 .. (1 << order) - 1: each step can be undone. */
static unsigned long permute(unsigned long i)
{
	const unsigned long mask = (1UL << order) - 1;

	for (unsigned int round = 0; round < 3; round++) {
		i = (i + (shuffle >> round * 16)) & mask;
		i = (i * 0x9e3779b1UL) & mask;
		i ^= i >> (order / 2 + 1);
	}
	return i;
}

/* All pages in random order, shared out among the workers. */
static void for_each_page(struct worker *w, void (*visit)(struct worker *w, unsigned long page))
{
	for (unsigned long i = w->id; i < 1UL << order && !stop; i += opt.threads) {
		unsigned long page = permute(i);

		if (page < nr_pages)
			visit(w, page);
	}
}

static void write_page(struct worker *w, unsigned long page)
{
	uint32_t generation = (generations[page] & ~DISCARDED) + 1;
	struct page_content c = page_content(opt.seed, page, generation, opt.bytes);
	uint64_t *words = page_address(page);

	for (unsigned int i = 0; i < PAGE_WORDS; i++)
		words[i] = page_word(&c, i);
	generations[page] = generation;
	w->pages++;
}

static void discard_page(struct worker *w, unsigned long page)
{
	madvise(page_address(page), PAGE_BYTES, MADV_DONTNEED);
	generations[page] |= DISCARDED;
	w->pages++;
}

static void report_mismatch(unsigned long page, unsigned int word, uint64_t expected, uint64_t got)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static unsigned int reported;
	const unsigned char *e = (unsigned char *)&expected, *g = (unsigned char *)&got;

	pthread_mutex_lock(&lock);
	if (reported++ < REPORTED) {
		unsigned int skip = 0;

		while (e[skip] == g[skip])
			skip++;
		printf("mismatch: page %lu generation %u offset %u: expected", page, generations[page],
		       word * 8 + skip);
		for (unsigned int i = 0; i < 8; i++)
			printf(" %02x", e[i]);
		printf(", got");
		for (unsigned int i = 0; i < 8; i++)
			printf(" %02x", g[i]);
		printf(" (the eight bytes at %u)\n", word * 8);
	}
	pthread_mutex_unlock(&lock);
}

static void verify_page(struct worker *w, unsigned long page)
{
	bool discarded = generations[page] & DISCARDED;
	struct page_content c = page_content(opt.seed, page, generations[page], opt.bytes);
	const uint64_t *words = page_address(page);

	for (unsigned int i = 0; i < PAGE_WORDS; i++) {
		uint64_t expected = discarded ? 0 : page_word(&c, i);
		uint64_t got = words[i];

		if (got != expected) {
			report_mismatch(page, i, expected, got);
			w->mismatches++;
			break;
		}
	}
	w->verified++;
	w->pages++;
}

static void maybe_discard_page(struct worker *w, unsigned long page)
{
	if (next_random(w) % 100 < opt.free_percent)
		discard_page(w, page);
}

static void refill_page(struct worker *w, unsigned long page)
{
	if (generations[page] & DISCARDED)
		write_page(w, page);
}

static void fill(struct worker *w)
{
	for (unsigned long page = w->id; page < nr_pages && !stop; page += opt.threads)
		write_page(w, page);
}

static void verify(struct worker *w)
{
	for_each_page(w, verify_page);
}

static void rewrite(struct worker *w)
{
	for_each_page(w, write_page);
}

static void free_part(struct worker *w)
{
	for_each_page(w, maybe_discard_page);
}

static void refill(struct worker *w)
{
	for_each_page(w, refill_page);
}

static void discard(struct worker *w)
{
	for_each_page(w, discard_page);
}

static void loop(struct worker *w)
{
	unsigned long share = nr_pages / opt.threads;

	for (unsigned int i = 1; !stop && !go_on && (i % 16 || now() < loop_end); i++) {
		uint64_t r = next_random(w);
		unsigned long page = (r >> 8) % share * opt.threads + w->id;

		if (r % 256 < 128)
			verify_page(w, page);
		else if (r % 256 < 224)
			write_page(w, page);
		else
			discard_page(w, page);
	}
}

static void *work(void *arg)
{
	struct worker *w = arg;

	pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
	w->phase(w);
	return NULL;
}

/* The signals are let in by ppoll() only, so that none falls between the look at its flag and the wait. */
static void hold(void)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	sigset_t none;
	char line[256];

	if (stop)
		return;
	printf("holding: SIGUSR1 or a line on standard input goes on\n");
	sigemptyset(&none);
	while (!go_on && !stop) {
		if (ppoll(&in, 1, NULL, &none) < 1)
			continue;
		if (read(in.fd, line, sizeof(line)) > 0)
			break;
		in.fd = -1;	/* the end of the input is no line: it may be /dev/null */
	}
	go_on = 0;
}

static void run(const char *name, void (*phase)(struct worker *w))
{
	uint64_t pages = 0, mismatches = 0;
	double start = now(), seconds;

	if (stop)
		return;
	shuffle = mix64(opt.seed + shuffle);
	for (unsigned int i = 0; i < opt.threads; i++) {
		workers[i].phase = phase;
		workers[i].pages = 0;
		errno = pthread_create(&workers[i].thread, NULL, work, &workers[i]);
		if (errno) {
			perror("swapload: pthread_create");
			exit(1);
		}
	}
	for (unsigned int i = 0; i < opt.threads; i++) {
		pthread_join(workers[i].thread, NULL);
		pages += workers[i].pages;
		mismatches += workers[i].mismatches;
	}
	seconds = now() - start;
	printf("%-8s %8llu pages %7.1f s %8.0f pages/s", name, (unsigned long long)pages, seconds,
	       pages / (seconds > 0 ? seconds : 1));
	if (mismatches)
		printf("  %llu MISMATCHES so far", (unsigned long long)mismatches);
	printf("\n");
	if (opt.hold_all)
		hold();
}

static void on_signal(int sig)
{
	if (sig == SIGUSR1)
		go_on = 1;
	else
		stop = 1;
}

static void handle_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGUSR1);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGUSR1, &sa, NULL);
	sigprocmask(SIG_BLOCK, &signals, NULL);
}

/* One bit in each of some pages: what verification must see. */
static void corrupt_pages(void)
{
	for (unsigned long i = 0; i < opt.corrupt && i < nr_pages; i++) {
		unsigned long page = i * (nr_pages / opt.corrupt);
		uint64_t r = mix64(opt.seed + page);

		memory[page * PAGE_BYTES + r % PAGE_BYTES] ^= 1 << (r >> 32) % 8;
	}
}

static const struct option options[] = {
	{ "size", required_argument, NULL, 'm' },
	{ "threads", required_argument, NULL, 't' },
	{ "seed", required_argument, NULL, 's' },
	{ "bytes", required_argument, NULL, 'b' },
	{ "free", required_argument, NULL, 'f' },
	{ "loop", required_argument, NULL, 'l' },
	{ "hold", no_argument, NULL, 'H' },
	{ "hold-all", no_argument, NULL, 'a' },
	{ "rewrite", no_argument, NULL, 'r' },
	{ "thin", no_argument, NULL, 'i' },
	{ "no-refill", no_argument, NULL, 'n' },
	{ "discard-all", no_argument, NULL, 'd' },
	{ "corrupt", required_argument, NULL, 'c' },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static void usage(FILE *to)
{
	fputs("Usage: swapload [OPTION]...\n"
	      "Fill memory with pages that compress as real ones do, and verify every byte of them.\n"
	      "Run it in a memory cgroup with a limit well under --size.\n"
	      "\n"
	      "  --size MIB       memory to use (64)\n"
	      "  --threads N      threads to work with (1)\n"
	      "  --seed N         of page contents and orders (1)\n"
	      "  --bytes N        what lzo makes of a page, about (0: sizes of real pages)\n"
	      "  --free PERCENT   share of pages that the free phase gives back (50)\n"
	      "  --loop SECONDS   verify, rewrite and give back pages at random for so long (0), or until SIGUSR1\n"
	      "  --hold           stop after filling, until SIGUSR1 or a line on standard input\n"
	      "  --hold-all       stop so after each phase\n"
	      "  --rewrite        after the first verification write all pages anew, in random order, and verify\n"
	      "  --thin           give the free phase's share back before that stop already\n"
	      "  --no-refill      leave free what the free phase freed\n"
	      "  --discard-all    give all pages back at the end, and with --hold stop again\n"
	      "  --corrupt N      flip a bit in N pages after filling: to see the verification fail\n"
	      "  --help           print this\n"
	      "\n"
	      "The last line is \"verified N pages, M mismatches\". Exit status: 0 if M is 0, else 1; 2 for wrong usage.\n",
	      to);
}

static unsigned long number(const char *text, unsigned long min, unsigned long max)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 0);
	if (errno || *text == '-' || end == text || *end || value < min || value > max) {
		fprintf(stderr, "swapload: '%s' is not a number from %lu to %lu\n", text, min, max);
		exit(2);
	}
	return value;
}

static void parse_options(int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'm':
			opt.size_mib = number(optarg, 1, 1UL << 20);
			break;
		case 't':
			opt.threads = number(optarg, 1, MAX_THREADS);
			break;
		case 's':
			opt.seed = number(optarg, 0, ~0UL);
			break;
		case 'b':
			opt.bytes = number(optarg, 0, PAGE_BYTES);
			break;
		case 'f':
			opt.free_percent = number(optarg, 0, 100);
			break;
		case 'l':
			opt.loop_seconds = number(optarg, 0, 1000000);
			break;
		case 'c':
			opt.corrupt = number(optarg, 0, 256);
			break;
		case 'H':
			opt.hold = true;
			break;
		case 'a':
			opt.hold_all = true;
			break;
		case 'r':
			opt.rewrite = true;
			break;
		case 'i':
			opt.thin = true;
			break;
		case 'n':
			opt.no_refill = true;
			break;
		case 'd':
			opt.discard_all = true;
			break;
		case 'h':
			usage(stdout);
			exit(0);
		default:
			usage(stderr);
			exit(2);
		}
	}
	if (optind < argc) {
		fprintf(stderr, "swapload: what is '%s'?\n", argv[optind]);
		usage(stderr);
		exit(2);
	}
}

static void *map(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED) {
		perror("swapload: mmap");
		exit(1);
	}
	return p;
}

int main(int argc, char **argv)
{
	uint64_t verified = 0, mismatches = 0;

	parse_options(argc, argv);
	setvbuf(stdout, NULL, _IOLBF, 0);
	handle_signals();

	nr_pages = opt.size_mib << 20 >> 12;
	while (1UL << order < nr_pages)
		order++;
	memory = map(nr_pages * PAGE_BYTES);
	/* zswap turns huge pages away. */
	madvise(memory, nr_pages * PAGE_BYTES, MADV_NOHUGEPAGE);
	generations = map(nr_pages * sizeof(*generations));
	for (unsigned long page = 0; page < nr_pages; page++)
		generations[page] = DISCARDED;
	for (unsigned int i = 0; i < opt.threads; i++) {
		workers[i].id = i;
		workers[i].random = mix64(opt.seed) + i;
	}

	run("fill", fill);
	corrupt_pages();
	if (opt.thin)
		run("free", free_part);
	if (opt.hold)
		hold();
	run("verify", verify);
	if (opt.rewrite) {
		run("rewrite", rewrite);
		run("verify", verify);
	}
	if (!opt.thin)
		run("free", free_part);
	if (!opt.no_refill)
		run("refill", refill);
	if (!opt.no_refill || opt.rewrite)
		run("verify", verify);
	if (opt.loop_seconds) {
		loop_end = now() + opt.loop_seconds;
		run("loop", loop);
		go_on = 0;
		run("verify", verify);
	}
	if (opt.discard_all) {
		run("discard", discard);
		if (opt.hold)
			hold();
	}

	for (unsigned int i = 0; i < opt.threads; i++) {
		verified += workers[i].verified;
		mismatches += workers[i].mismatches;
	}
	printf("verified %llu pages, %llu mismatches\n", (unsigned long long)verified, (unsigned long long)mismatches);
	return mismatches ? 1 : 0;
}
