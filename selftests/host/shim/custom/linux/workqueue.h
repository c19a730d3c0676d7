/* SPDX-License-Identifier: GPL-2.0-only */
/* Work items, run by lib/work.c's worker, or step by step by a test. */
#ifndef _HOST_LINUX_WORKQUEUE_H
#define _HOST_LINUX_WORKQUEUE_H

#include <linux/list.h>

struct workqueue_struct;
struct work_struct {
	void (*func)(struct work_struct *work);
	struct list_head node;
	struct workqueue_struct *wq;
	bool pending;
};

struct delayed_work {
	struct work_struct work;
};

#define WQ_UNBOUND	2
#define WQ_MEM_RECLAIM	8

#define INIT_WORK(w, f)		host_work_init(w, f)
#define INIT_DELAYED_WORK(w, f)	host_work_init(&(w)->work, f)
#define to_delayed_work(w)	container_of(w, struct delayed_work, work)
#define queue_delayed_work(wq, w, delay)				\
	((void)(delay), queue_work(wq, &(w)->work))
#define cancel_delayed_work_sync(w)	cancel_work_sync(&(w)->work)

void host_work_init(struct work_struct *work, void (*f)(struct work_struct *));
struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags,
					 int max_active, ...);
void destroy_workqueue(struct workqueue_struct *wq);
bool queue_work(struct workqueue_struct *wq, struct work_struct *work);
bool cancel_work_sync(struct work_struct *work);
bool flush_work(struct work_struct *work);

#endif
