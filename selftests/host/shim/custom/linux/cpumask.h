/* SPDX-License-Identifier: GPL-2.0-only */
/* CPUs are simulated; those with even gaps between them are possible. */
#ifndef _HOST_LINUX_CPUMASK_H
#define _HOST_LINUX_CPUMASK_H

#include <linux/kernel.h>

#define HOST_MAX_CPUS	64
extern u64 host_cpus_possible;

#define cpu_possible_mask	(&host_cpus_possible)
#define nr_cpu_ids		((int)fls64(host_cpus_possible))
#define cpu_possible(cpu)	(host_cpus_possible >> (cpu) & 1)
#define num_possible_cpus()	hweight64(host_cpus_possible)
static inline int cpumask_next(int cpu, const u64 *mask)
{
	u64 rest = cpu + 1 < HOST_MAX_CPUS ? *mask >> (cpu + 1) << (cpu + 1) : 0;

	return rest ? (int)__ffs64(rest) : nr_cpu_ids;
}
#define cpumask_first(mask)	cpumask_next(-1, mask)
#define for_each_possible_cpu(cpu)					\
	for (cpu = cpumask_first(cpu_possible_mask); cpu < nr_cpu_ids;	\
	     cpu = cpumask_next(cpu, cpu_possible_mask))

unsigned int host_cpu(void);

#endif
