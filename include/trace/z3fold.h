/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * z3fold.h - tracepoints: events/z3fold/ in tracefs
 *
 * Pools go by their names, which are those of their debugfs directories;
 * objects by their handles; pages by their frame numbers.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM z3fold

#if !defined(_TRACE_Z3FOLD_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_Z3FOLD_H

#include <linux/tracepoint.h>

#define Z3FOLD_TRACE_NAME 16	/* what is recorded of a pool's name, in bytes */

/* An object came to be. */
TRACE_EVENT(alloc,
	TP_PROTO(const struct z3fold_pool *pool, unsigned long handle,
		 size_t bytes, gfp_t gfp),
	TP_ARGS(pool, handle, bytes, gfp),
	TP_STRUCT__entry(
		__array(char, pool, Z3FOLD_TRACE_NAME)
		__field(unsigned long, handle)
		__field(size_t, bytes)
		__field(unsigned long, gfp)
	),
	TP_fast_assign(
		strscpy(__entry->pool, pool->name, Z3FOLD_TRACE_NAME);
		__entry->handle = handle;
		__entry->bytes = bytes;
		__entry->gfp = (__force unsigned long)gfp;
	),
	TP_printk("pool=%s handle=%lx bytes=%zu gfp=%#lx", __entry->pool,
		  __entry->handle, __entry->bytes, __entry->gfp)
);

/* An object could not be had. */
TRACE_EVENT(alloc_failed,
	TP_PROTO(const struct z3fold_pool *pool, size_t bytes, gfp_t gfp,
		 int error),
	TP_ARGS(pool, bytes, gfp, error),
	TP_STRUCT__entry(
		__array(char, pool, Z3FOLD_TRACE_NAME)
		__field(size_t, bytes)
		__field(unsigned long, gfp)
		__field(int, error)
	),
	TP_fast_assign(
		strscpy(__entry->pool, pool->name, Z3FOLD_TRACE_NAME);
		__entry->bytes = bytes;
		__entry->gfp = (__force unsigned long)gfp;
		__entry->error = error;
	),
	TP_printk("pool=%s bytes=%zu gfp=%#lx error=%d", __entry->pool,
		  __entry->bytes, __entry->gfp, __entry->error)
);

TRACE_EVENT(free,
	TP_PROTO(const struct z3fold_pool *pool, unsigned long handle,
		 unsigned int bytes),
	TP_ARGS(pool, handle, bytes),
	TP_STRUCT__entry(
		__array(char, pool, Z3FOLD_TRACE_NAME)
		__field(unsigned long, handle)
		__field(unsigned int, bytes)
	),
	TP_fast_assign(
		strscpy(__entry->pool, pool->name, Z3FOLD_TRACE_NAME);
		__entry->handle = handle;
		__entry->bytes = bytes;
	),
	TP_printk("pool=%s handle=%lx bytes=%u", __entry->pool, __entry->handle,
		  __entry->bytes)
);

DECLARE_EVENT_CLASS(mapping,
	TP_PROTO(const struct z3fold_pool *pool, unsigned long handle),
	TP_ARGS(pool, handle),
	TP_STRUCT__entry(
		__array(char, pool, Z3FOLD_TRACE_NAME)
		__field(unsigned long, handle)
	),
	TP_fast_assign(
		strscpy(__entry->pool, pool->name, Z3FOLD_TRACE_NAME);
		__entry->handle = handle;
	),
	TP_printk("pool=%s handle=%lx", __entry->pool, __entry->handle)
);

DEFINE_EVENT(mapping, map,
	TP_PROTO(const struct z3fold_pool *pool, unsigned long handle),
	TP_ARGS(pool, handle)
);

DEFINE_EVENT(mapping, unmap,
	TP_PROTO(const struct z3fold_pool *pool, unsigned long handle),
	TP_ARGS(pool, handle)
);

/* An object moved; within its page if both pages are the same. */
TRACE_EVENT(move,
	TP_PROTO(const struct z3fold_pool *pool, unsigned long handle,
		 unsigned int bytes, unsigned long from, unsigned int from_chunk,
		 unsigned long to, unsigned int to_chunk),
	TP_ARGS(pool, handle, bytes, from, from_chunk, to, to_chunk),
	TP_STRUCT__entry(
		__array(char, pool, Z3FOLD_TRACE_NAME)
		__field(unsigned long, handle)
		__field(unsigned int, bytes)
		__field(unsigned long, from)
		__field(unsigned long, to)
		__field(unsigned int, from_chunk)
		__field(unsigned int, to_chunk)
	),
	TP_fast_assign(
		strscpy(__entry->pool, pool->name, Z3FOLD_TRACE_NAME);
		__entry->handle = handle;
		__entry->bytes = bytes;
		__entry->from = from;
		__entry->to = to;
		__entry->from_chunk = from_chunk;
		__entry->to_chunk = to_chunk;
	),
	TP_printk("pool=%s handle=%lx bytes=%u from=%lx from_chunk=%u to=%lx to_chunk=%u",
		  __entry->pool, __entry->handle, __entry->bytes, __entry->from,
		  __entry->from_chunk, __entry->to, __entry->to_chunk)
);

/* A sweep of compaction ended. */
TRACE_EVENT(compact,
	TP_PROTO(const struct z3fold_pool *pool, unsigned long moved,
		 unsigned long freed),
	TP_ARGS(pool, moved, freed),
	TP_STRUCT__entry(
		__array(char, pool, Z3FOLD_TRACE_NAME)
		__field(unsigned long, moved)
		__field(unsigned long, freed)
	),
	TP_fast_assign(
		strscpy(__entry->pool, pool->name, Z3FOLD_TRACE_NAME);
		__entry->moved = moved;
		__entry->freed = freed;
	),
	TP_printk("pool=%s moved=%lu freed=%lu", __entry->pool, __entry->moved,
		  __entry->freed)
);

/* The kernel asked for a page to be migrated. */
TRACE_EVENT(migrate,
	TP_PROTO(const struct z3fold_pool *pool, unsigned long from,
		 unsigned long to, int error),
	TP_ARGS(pool, from, to, error),
	TP_STRUCT__entry(
		__array(char, pool, Z3FOLD_TRACE_NAME)
		__field(unsigned long, from)
		__field(unsigned long, to)
		__field(int, error)
	),
	TP_fast_assign(
		strscpy(__entry->pool, pool->name, Z3FOLD_TRACE_NAME);
		__entry->from = from;
		__entry->to = to;
		__entry->error = error;
	),
	TP_printk("pool=%s from=%lx to=%lx error=%d", __entry->pool,
		  __entry->from, __entry->to, __entry->error)
);

/* The owner was asked to let go of what is in a page. */
TRACE_EVENT(reclaim,
	TP_PROTO(const struct z3fold_pool *pool, unsigned long page,
		 unsigned int calls, bool gone),
	TP_ARGS(pool, page, calls, gone),
	TP_STRUCT__entry(
		__array(char, pool, Z3FOLD_TRACE_NAME)
		__field(unsigned long, page)
		__field(unsigned int, calls)
		__field(bool, gone)
	),
	TP_fast_assign(
		strscpy(__entry->pool, pool->name, Z3FOLD_TRACE_NAME);
		__entry->page = page;
		__entry->calls = calls;
		__entry->gone = gone;
	),
	TP_printk("pool=%s page=%lx calls=%u gone=%d", __entry->pool,
		  __entry->page, __entry->calls, __entry->gone)
);

/* A page went back to the kernel, or will when it is no longer locked. */
TRACE_EVENT(release,
	TP_PROTO(const struct z3fold_pool *pool, unsigned long page,
		 bool deferred),
	TP_ARGS(pool, page, deferred),
	TP_STRUCT__entry(
		__array(char, pool, Z3FOLD_TRACE_NAME)
		__field(unsigned long, page)
		__field(bool, deferred)
	),
	TP_fast_assign(
		strscpy(__entry->pool, pool->name, Z3FOLD_TRACE_NAME);
		__entry->page = page;
		__entry->deferred = deferred;
	),
	TP_printk("pool=%s page=%lx deferred=%d", __entry->pool, __entry->page,
		  __entry->deferred)
);

#endif /* _TRACE_Z3FOLD_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH trace
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE z3fold
#include <trace/define_trace.h>
