/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * frontend.h - a front end of src/ as some kernel would have it; there are
 * several in one program, each with names of its own
 */
#define name2(a, b)	a##_##b
#define name1(a, b)	name2(a, b)
#define z3fold_frontend_init	name1(FRONT_END, init)
#define z3fold_frontend_exit	name1(FRONT_END, exit)
#define z3fold_frontend_name	name1(FRONT_END, name)
#define z3fold_frontend_show	name1(FRONT_END, show)
#define z3fold_hook_add		name1(FRONT_END, hook_add)
#define z3fold_hook_remove	name1(FRONT_END, hook_remove)
#define z3fold_hook_count	name1(FRONT_END, hook_count)
#define test_front_end		name1(test, FRONT_END)

#include "host.h"

#undef module_param
#define module_param(name, type, perm)

#define check(x)	((x) ? (void)0 : host_fail("%s: %s\n", __func__, #x))

#define FRONT_END_OBJECTS	300
#define FRONT_END_SIZE(i)	(1 + (i) * 149 % PAGE_SIZE)

static unsigned char front_end_buffer[PAGE_SIZE];

/* What object @i holds, in the buffer. */
static inline void *front_end_bytes(unsigned int i)
{
	unsigned int n;

	for (n = 0; n < FRONT_END_SIZE(i); n++)
		front_end_buffer[n] = i * 7 + n;
	return front_end_buffer;
}

void test_front_end(void);
