/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _HOST_LINUX_WAIT_H
#define _HOST_LINUX_WAIT_H

#include <linux/sched.h>

typedef struct {
	unsigned long wakeups;
} wait_queue_head_t;

#define init_waitqueue_head(q)	((q)->wakeups = 0)
#define wake_up(q)							\
	((void)__atomic_fetch_add(&(q)->wakeups, 1, __ATOMIC_RELAXED))
/* Looks again after each sleep: a lost wake-up is not found here. */
#define wait_event_timeout(q, cond, timeout)				\
({									\
	long __left = (timeout);					\
									\
	host_might_sleep("wait_event_timeout");				\
	while (!(cond) && __left > 0) {					\
		host_sleep();						\
		__left--;						\
	}								\
	(cond) ? __left + 1 : 0;					\
})

#endif
