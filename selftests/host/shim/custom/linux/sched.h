/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _HOST_LINUX_SCHED_H
#define _HOST_LINUX_SCHED_H

#include <linux/kernel.h>

void cond_resched(void);
long schedule_timeout_uninterruptible(long timeout);
void host_might_sleep(const char *what);
#define might_sleep()	host_might_sleep("might_sleep")
#define cpu_relax()	host_wait()

#endif
