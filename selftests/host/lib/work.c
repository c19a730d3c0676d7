// SPDX-License-Identifier: GPL-2.0-only
/*
 * work.c - work items and the shrinker, run by a task of the test
 */
#include "host.h"
#include <linux/shrinker.h>

struct workqueue_struct {
	struct host_raw lock;
	struct list_head queue;
	struct work_struct *running;
};

static struct workqueue_struct *the_wq;
static struct shrinker *the_shrinker;

void host_work_init(struct work_struct *work, void (*f)(struct work_struct *))
{
	memset(work, 0, sizeof(*work));
	work->func = f;
}

struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags,
					 int max_active, ...)
{
	struct workqueue_struct *wq = kzalloc(sizeof(*wq), GFP_KERNEL);

	if (!wq)
		return NULL;
	INIT_LIST_HEAD(&wq->queue);
	the_wq = wq;
	return wq;
}

void destroy_workqueue(struct workqueue_struct *wq)
{
	if (wq->queue.next != &wq->queue)
		host_fail("a work item is left\n");
	the_wq = NULL;
	kfree(wq);
}

bool queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	bool queued;

	host_point();
	host_raw_lock(&wq->lock);
	queued = !work->pending;
	if (queued) {
		work->pending = true;
		work->wq = wq;
		list_add_tail(&work->node, &wq->queue);
	}
	host_raw_unlock(&wq->lock);
	return queued;
}

/* Run one item; false: there was none. */
bool host_work_step(void)
{
	struct workqueue_struct *wq = the_wq;
	struct work_struct *work;
	void (*func)(struct work_struct *) = NULL;

	host_raw_lock(&wq->lock);
	work = list_first_entry_or_null(&wq->queue, struct work_struct, node);
	if (work) {
		list_del(&work->node);
		work->pending = false;
		wq->running = work;
		func = work->func;
	}
	host_raw_unlock(&wq->lock);
	if (!work)
		return false;
	func(work);
	/* The work may be gone by now. */
	host_raw_lock(&wq->lock);
	wq->running = NULL;
	host_raw_unlock(&wq->lock);
	return true;
}

static bool finish(struct work_struct *work, bool cancel)
{
	struct workqueue_struct *wq = the_wq;
	bool pending;

	host_might_sleep("cancel_work_sync");
	host_raw_lock(&wq->lock);
	pending = work->pending;
	if (pending && cancel) {
		list_del(&work->node);
		work->pending = false;
	}
	while (wq->running == work || work->pending) {
		host_raw_unlock(&wq->lock);
		host_sleep();
		host_raw_lock(&wq->lock);
	}
	host_raw_unlock(&wq->lock);
	return pending;
}

bool cancel_work_sync(struct work_struct *work)
{
	return finish(work, true);
}

bool flush_work(struct work_struct *work)
{
	return finish(work, false);
}

#ifdef Z3FOLD_HAVE_SHRINKER_ALLOC
struct shrinker *shrinker_alloc(unsigned int flags, const char *name)
{
	return kzalloc(sizeof(struct shrinker), GFP_KERNEL);
}

void shrinker_register(struct shrinker *s)
{
	the_shrinker = s;
}

void shrinker_free(struct shrinker *s)
{
	the_shrinker = NULL;
	kfree(s);
}
#else
#ifdef Z3FOLD_HAVE_SHRINKER_NAME
int register_shrinker(struct shrinker *s, const char *name)
#else
int register_shrinker(struct shrinker *s)
#endif
{
	if (host_should_fail())
		return -ENOMEM;
	the_shrinker = s;
	return 0;
}

void unregister_shrinker(struct shrinker *s)
{
	the_shrinker = NULL;
}
#endif

unsigned long host_shrink_count(void)
{
	struct shrink_control sc = { .gfp_mask = GFP_KERNEL };

	return the_shrinker->count_objects(the_shrinker, &sc);
}

unsigned long host_shrink(unsigned long nr_to_scan)
{
	struct shrink_control sc = {
		.gfp_mask = GFP_KERNEL,
		.nr_to_scan = nr_to_scan,
	};

	return the_shrinker->scan_objects(the_shrinker, &sc);
}
