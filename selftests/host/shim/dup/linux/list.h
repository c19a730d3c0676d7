/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's lists, with its poison: a second list_del() crashes. */
#ifndef _HOST_LINUX_LIST_H
#define _HOST_LINUX_LIST_H

#include <linux/kernel.h>

struct list_head {
	struct list_head *next, *prev;
};

#define LIST_HEAD_INIT(name)	{ &(name), &(name) }
#define LIST_HEAD(name)		struct list_head name = LIST_HEAD_INIT(name)
#define LIST_POISON1		((struct list_head *)0x100)
#define LIST_POISON2		((struct list_head *)0x122)

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}

/* As with CONFIG_DEBUG_LIST. */
static inline void host_list_insert(struct list_head *new,
				    struct list_head *prev,
				    struct list_head *next)
{
	WARN(next->prev != prev || prev->next != next || new == prev ||
	     new == next, "list_add corruption\n");
	next->prev = new;
	new->next = next;
	new->prev = prev;
	prev->next = new;
}

static inline void list_add(struct list_head *new, struct list_head *head)
{
	host_list_insert(new, head, head->next);
}

static inline void list_add_tail(struct list_head *new, struct list_head *head)
{
	host_list_insert(new, head->prev, head);
}

static inline void host_list_unlink(struct list_head *entry)
{
	WARN(entry->next == LIST_POISON1 || entry->prev == LIST_POISON2 ||
	     entry->next->prev != entry || entry->prev->next != entry,
	     "list_del corruption\n");
	entry->next->prev = entry->prev;
	entry->prev->next = entry->next;
}

static inline void list_del(struct list_head *entry)
{
	host_list_unlink(entry);
	entry->next = LIST_POISON1;
	entry->prev = LIST_POISON2;
}

static inline void list_del_init(struct list_head *entry)
{
	host_list_unlink(entry);
	INIT_LIST_HEAD(entry);
}

static inline void list_move(struct list_head *entry, struct list_head *head)
{
	host_list_unlink(entry);
	list_add(entry, head);
}

static inline void list_move_tail(struct list_head *entry,
				  struct list_head *head)
{
	host_list_unlink(entry);
	list_add_tail(entry, head);
}

static inline bool list_empty(const struct list_head *head)
{
	return READ_ONCE(head->next) == head;
}

static inline void list_splice_init(struct list_head *list,
				    struct list_head *head)
{
	struct list_head *first = list->next, *last = list->prev;

	if (first == list)
		return;
	first->prev = head;
	last->next = head->next;
	head->next->prev = last;
	head->next = first;
	INIT_LIST_HEAD(list);
}

#define list_entry(ptr, type, member)	container_of(ptr, type, member)
#define list_first_entry(head, type, member)				\
	list_entry((head)->next, type, member)
#define list_last_entry(head, type, member)				\
	list_entry((head)->prev, type, member)
#define list_next_entry(pos, member)					\
	list_entry(((struct list_head *)((char *)(pos) +		\
		   offsetof(typeof(*(pos)), member)))->next,		\
		   typeof(*(pos)), member)
#define list_first_entry_or_null(head, type, member)			\
	((head)->next == (head) ? NULL : list_first_entry(head, type, member))
/* Not pos->member: behind the last one there is no entry to be a member of. */
#define host_is_head(pos, head, member)					\
	((char *)(pos) + offsetof(typeof(*(pos)), member) == (char *)(head))
#define list_for_each_entry(pos, head, member)				\
	for (pos = list_first_entry(head, typeof(*pos), member);	\
	     !host_is_head(pos, head, member);				\
	     pos = list_next_entry(pos, member))
#define list_for_each_entry_safe(pos, n, head, member)			\
	for (pos = list_first_entry(head, typeof(*pos), member),	\
	     n = list_next_entry(pos, member);				\
	     !host_is_head(pos, head, member);				\
	     pos = n, n = list_next_entry(n, member))

#endif
