/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _HOST_TRACE_Z3FOLD_H
#define _HOST_TRACE_Z3FOLD_H

static inline void host_trace(int unused, ...) { }

#define trace_alloc(...)	host_trace(0, __VA_ARGS__)
#define trace_alloc_failed(...)	host_trace(0, __VA_ARGS__)
#define trace_free(...)		host_trace(0, __VA_ARGS__)
#define trace_map_enabled()	false
#define trace_unmap_enabled()	false
#define trace_map(...)		host_trace(0, __VA_ARGS__)
#define trace_unmap(...)	host_trace(0, __VA_ARGS__)
#define trace_move(...)		host_trace(0, __VA_ARGS__)
#define trace_compact(...)	host_trace(0, __VA_ARGS__)
#define trace_migrate(...)	host_trace(0, __VA_ARGS__)
#define trace_reclaim(...)	host_trace(0, __VA_ARGS__)
#define trace_release(...)	host_trace(0, __VA_ARGS__)

#endif
