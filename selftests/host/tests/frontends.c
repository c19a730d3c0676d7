// SPDX-License-Identifier: GPL-2.0-only
/*
 * frontends.c - the front ends of src/ against reconstructions of the kernel's
 * interfaces (frontends/, shim/custom/linux/zpool.h and zsmalloc.h)
 */
#include "tests.h"

#ifdef HOST_FRONTENDS
void test_v612(void);
void test_v615(void);
void test_v617(void);
void test_v618(void);
void test_v7(void);

int test_frontends(const struct options *o)
{
	test_v612();
	test_v615();
	test_v617();
	test_v618();
	test_v7();
	return 0;
}
#endif
