/* SPDX-License-Identifier: GPL-2.0-only */
/* Nobody reads the list of pools without its lock here. */
#ifndef _HOST_LINUX_RCULIST_H
#define _HOST_LINUX_RCULIST_H

#include <linux/list.h>

#define list_add_tail_rcu(entry, head)	list_add_tail(entry, head)
#define list_del_rcu(entry)		list_del(entry)
#define synchronize_rcu()		host_might_sleep("synchronize_rcu")

#endif
