// SPDX-License-Identifier: GPL-2.0-only
/*
 * random.c - random operations, each case short enough to be made shorter
 *
 * A failing case is run again in child processes with parts left out, until
 * nothing more can go; what remains is stored for "replay".
 */
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests.h"

#define CASE_OPS	512

static void run_case(const u8 *data, size_t size)
{
	host_module_init();
	ops_run(data, size);
	host_module_exit();
}

/* True if the child fails; quiet. */
static bool fails(const u8 *data, size_t size)
{
	int status, null;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (!pid) {
		null = open("/dev/null", O_WRONLY);
		dup2(null, 1);
		dup2(null, 2);
		alarm(20);
		run_case(data, size);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return status;
}

static size_t shorten(u8 *data, size_t size)
{
	size_t part = size / 2 / OP_BYTES * OP_BYTES, i;
	static u8 shorter[CASE_OPS * OP_BYTES];

	for (; part; part = part / 2 / OP_BYTES * OP_BYTES)
		for (i = 0; i + part <= size;) {
			__builtin_memcpy(shorter, data, i);
			__builtin_memcpy(shorter + i, data + i + part,
					 size - i - part);
			if (fails(shorter, size - part)) {
				size -= part;
				__builtin_memcpy(data, shorter, size);
			} else {
				i += part;
			}
		}
	return size;
}

static void store(const u8 *data, size_t size, const char *name)
{
	FILE *f = fopen(name, "w");

	if (!f || fwrite(data, 1, size, f) != size || fclose(f))
		host_fail("cannot write %s\n", name);
	fprintf(stderr, "# %zu operations are left, in %s: host-test replay %s\n",
		size / OP_BYTES, name, name);
}

int test_random(const struct options *o)
{
	unsigned long done;
	u8 data[CASE_OPS * OP_BYTES];
	u64 seed = o->seed;
	time_t end = time(NULL) + o->seconds;

	for (done = 0; o->ops ? done < o->ops : time(NULL) < end;) {
		struct host_task task, *self = host_self;
		unsigned int i, status;
		pid_t pid;

		/* Some hundred cases a child, to know which one failed. */
		host_task_init(&task, seed);
		fflush(NULL);
		pid = fork();
		if (!pid) {
			for (i = 0; i < 100; i++) {
				host_task_init(&task, seed + i);
				for (status = 0; status < sizeof(data); status++)
					data[status] = host_random();
				alarm(60);
				run_case(data, sizeof(data));
			}
			exit(0);	/* leaks are looked for here */
		}
		waitpid(pid, (int *)&status, 0);
		if (status) {
			for (i = 0; i < 100; i++) {
				host_task_init(&task, seed + i);
				for (status = 0; status < sizeof(data); status++)
					data[status] = host_random();
				if (fails(data, sizeof(data)))
					break;
			}
			fprintf(stderr, "# FAILED: seed %llu\n",
				(unsigned long long)seed + i);
			if (i < 100)
				store(data, shorten(data, sizeof(data)),
				      "failed-case");
			host_self = self;
			return 1;
		}
		host_self = self;
		done += 100 * CASE_OPS;
		seed += 100;
	}
	printf("# %lu operations, all checked\n", done);
	return 0;
}

int test_replay(const struct options *o)
{
	static u8 data[1 << 16];
	char **name;

	for (name = o->files; *name; name++) {
		FILE *f = fopen(*name, "r");
		size_t size;

		if (!f)
			host_fail("cannot read %s\n", *name);
		size = fread(data, 1, sizeof(data), f);
		fclose(f);
		run_case(data, size);
	}
	printf("# %zu cases\n", (size_t)(name - o->files));
	return 0;
}
