// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz.c - libFuzzer chooses the operations
 */
#include "tests.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct host_task task;

	if (!host_arena) {
		host_task_init(&task, 1);
		host_mem_init(8192);
		host_quiet = true;
	}
	/* The same bytes, the same run. */
	host_task_init(&task, 1);
	host_module_init();
	ops_run(data, size);
	host_module_exit();
	return 0;
}
