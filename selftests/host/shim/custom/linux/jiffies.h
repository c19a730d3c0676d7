/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _HOST_LINUX_JIFFIES_H
#define _HOST_LINUX_JIFFIES_H

#include <linux/types.h>

#define HZ	250
unsigned long host_jiffies(void);
#define jiffies	host_jiffies()
#define msecs_to_jiffies(ms)	((unsigned long)(ms) * HZ / 1000)
#define time_after(a, b)	((long)((b) - (a)) < 0)

#endif
