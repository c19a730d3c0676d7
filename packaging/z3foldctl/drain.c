// SPDX-License-Identifier: GPL-2.0-only
/*
 * drain.c - bring back what z3fold holds, so that its pools end
 *
 * zswap lets go of an object when its page is needed, or its swap device goes. So each
 * swap device is taken out and put in again: in a process of its own, which a Ctrl-C ends
 * (the kernel then goes on using the device), with a look at the figures meanwhile.
 */
#include <errno.h>
#include <mntent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ctl.h"

#define LOOK_US	200000

struct swap {
	char name[512];
	unsigned long long used_kib;
	int priority;
};

static uint64_t objects(void)
{
	uint64_t value;

	return file_number(MODULE "/parameters/objects", &value) ? value : 0;
}

/* Spaces in a name are \040. */
static void unescape(char *text)
{
	char *to = text;
	unsigned int code;

	while (*text) {
		if (*text == '\\' && sscanf(text + 1, "%3o", &code) == 1) {
			*to++ = code;
			text += 4;
		} else {
			*to++ = *text++;
		}
	}
	*to = 0;
}

/* The swap device in line @nr of /proc/swaps; false after the last. */
static bool get_swap(unsigned int nr, struct swap *swap)
{
	char *text = file_read("/proc/swaps"), *rest = text, *line = NULL;
	unsigned long long size;
	char type[32];
	bool found;

	for (nr++; text && (line = strsep(&rest, "\n")) && nr; nr--)
		;
	found = line && sscanf(line, "%511s %31s %llu %llu %d", swap->name, type, &size, &swap->used_kib,
			       &swap->priority) == 5;
	if (found)
		unescape(swap->name);
	free(text);
	return found;
}

static bool is_on(const char *name)
{
	struct swap swap;
	unsigned int i;

	for (i = 0; get_swap(i, &swap); i++)
		if (!strcmp(swap.name, name))
			return true;
	return false;
}

/* The device that a line of fstab means. */
static bool names_device(const char *spec, const char *device)
{
	static const char * const tags[][2] = {
		{ "UUID=", "uuid" }, { "LABEL=", "label" }, { "PARTUUID=", "partuuid" }, { "PARTLABEL=", "partlabel" },
	};
	char *path = must(strdup(spec)), *real;
	bool same;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tags); i++)
		if (!strncmp(spec, tags[i][0], strlen(tags[i][0]))) {
			free(path);
			path = text_of("/dev/disk/by-%s/%s", tags[i][1], spec + strlen(tags[i][0]));
		}
	real = realpath(path, NULL);
	same = !strcmp(real ? real : path, device);
	free(real);
	free(path);
	return same;
}

/* The discard option is nowhere but in fstab. */
static char *discard_option(const char *device)
{
	char *path = file_path("/etc/fstab"), *option = NULL;
	FILE *fstab = setmntent(path, "re");
	struct mntent *entry;

	while (fstab && !option && (entry = getmntent(fstab))) {
		const char *found = strcmp(entry->mnt_type, "swap") ? NULL : hasmntopt(entry, "discard");

		if (found && names_device(entry->mnt_fsname, device))
			option = text_of("--%.*s", (int)strcspn(found, ","), found);
	}
	if (fstab)
		endmntent(fstab);
	free(path);
	return option;
}

static bool switch_on(const struct swap *swap)
{
	char *priority = text_of("--priority=%d", swap->priority), *discard = discard_option(swap->name), *output;
	char *argv[5] = { "swapon" };
	int n = 1, status;

	/* A negative one is the kernel's own choice. */
	if (swap->priority >= 0)
		argv[n++] = priority;
	if (discard)
		argv[n++] = discard;
	argv[n] = (char *)swap->name;
	status = run_program(argv, &output);
	if (status)
		say("%s could not be put back: %s\nz3foldctl: do it by hand: swapon %s", swap->name, output, swap->name);
	free(output);
	free(discard);
	free(priority);
	return !status;
}

static void progress(uint64_t left, time_t *shown, bool last)
{
	bool terminal = isatty(STDERR_FILENO);
	time_t now = time(NULL);

	if (!last && now - *shown < (terminal ? 1 : 10))
		return;
	*shown = now;
	fprintf(stderr, "%sz3foldctl: waits for %llu objects (%.1f MiB of swapped-out memory)%s", terminal ? "\r" : "",
		(unsigned long long)left, left * (double)sysconf(_SC_PAGESIZE) / 1048576, terminal && !last ? "\033[K" : "\n");
}

/* Waits for a swapoff; tells it to stop when we are told to, or the time is over. */
static bool wait_for(int child, time_t end)
{
	time_t shown = time(NULL), killed = 0;
	int status;

	for (;;) {
		pid_t ended = waitpid(child, &status, WNOHANG);

		if (ended == child || (ended < 0 && errno != EINTR))
			return ended == child && WIFEXITED(status) && !WEXITSTATUS(status);
		if (!killed && (interrupted() || time(NULL) >= end)) {
			kill(child, SIGINT);
			killed = time(NULL);
		}
		/* It ends between two pages; if not, it must not keep us. */
		if (killed && time(NULL) - killed > 10) {
			say("swapoff does not end; it goes on by itself, process %d", child);
			return false;
		}
		progress(objects(), &shown, false);
		usleep(LOOK_US);
	}
}

static uint64_t available_kib(void)
{
	char *text = file_read("/proc/meminfo"), *line = text ? strstr(text, "MemAvailable:") : NULL;
	unsigned long long kib = 0;

	if (!line || sscanf(line, "MemAvailable: %llu", &kib) != 1)
		kib = UINT64_MAX;
	free(text);
	return kib;
}

/* Takes the swap out, and in again whatever happened. False if it is out for good. */
static bool cycle(const struct swap *swap, time_t end)
{
	char *const argv[] = { "swapoff", (char *)swap->name, NULL };
	uint64_t available = available_kib();
	bool off;

	if (swap->used_kib > available) {
		say("%s holds %llu MiB, and %llu MiB of memory are available: end some programs, or wait until they are done",
		    swap->name, swap->used_kib >> 10, (unsigned long long)available >> 10);
		return true;
	}
	fprintf(stderr, "z3foldctl: swapoff %s: brings back %llu MiB\n", swap->name, swap->used_kib >> 10);
	off = wait_for(run_start(argv), end);
	if (!is_on(swap->name))
		return switch_on(swap);
	if (!off && !interrupted())
		say("swapoff %s did not succeed", swap->name);
	return true;
}

/* DONE when z3fold holds nothing any more, FAILED when a swap device was lost by it. */
enum exit_status drain(unsigned int seconds)
{
	time_t end = time(NULL) + seconds, shown = time(NULL);
	struct swap swaps[32];
	unsigned int nr = 0, i;
	bool all_on = true;

	while (nr < ARRAY_SIZE(swaps) && get_swap(nr, &swaps[nr]))
		nr++;
	for (i = 0; i < nr && objects() && !interrupted() && time(NULL) < end; i++)
		all_on &= cycle(&swaps[i], end);
	/* Freed a little later than the device is gone. */
	for (i = 0; i < 25 && objects() && !interrupted(); i++)
		usleep(LOOK_US);
	if (!objects())
		return all_on ? DONE : FAILED;
	progress(objects(), &shown, true);
	return interrupted() ? INTERRUPTED : STILL_IN_USE;
}
