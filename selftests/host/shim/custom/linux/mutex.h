/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _HOST_LINUX_MUTEX_H
#define _HOST_LINUX_MUTEX_H

#include <linux/spinlock.h>

struct mutex {
	int locked;
	struct host_task *owner;
};

#define DEFINE_MUTEX(name)	struct mutex name
void mutex_init(struct mutex *m);
void mutex_lock(struct mutex *m);
bool mutex_trylock(struct mutex *m);
void mutex_unlock(struct mutex *m);

#endif
