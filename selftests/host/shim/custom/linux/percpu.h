/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Per-CPU data: the CPUs' copies lie at a constant distance, as in the kernel.
 * The CPU is only a hint, and so changes at random.
 */
#ifndef _HOST_LINUX_PERCPU_H
#define _HOST_LINUX_PERCPU_H

#include <linux/cpumask.h>
#include <linux/gfp.h>

#define HOST_PERCPU_UNIT	4096UL

void *host_alloc_percpu(size_t size, gfp_t gfp);
void free_percpu(void *p);

#define alloc_percpu_gfp(type, gfp)					\
	((type *)host_alloc_percpu(sizeof(type), gfp))
#define alloc_percpu(type)	alloc_percpu_gfp(type, GFP_KERNEL)
#define per_cpu_ptr(p, cpu)						\
	((typeof(p))((char *)(p) + (cpu) * HOST_PERCPU_UNIT))
#define raw_cpu_ptr(p)		per_cpu_ptr(p, host_cpu())
#ifdef HOST_BENCH
#define this_cpu_add(var, n)	(*raw_cpu_ptr(&(var)) += (n))
#else
#define this_cpu_add(var, n)						\
	((void)__atomic_fetch_add(raw_cpu_ptr(&(var)), n, __ATOMIC_RELAXED))
#endif
#define this_cpu_inc(var)	this_cpu_add(var, 1)

#endif
