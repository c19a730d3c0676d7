/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat/migrate.h - how a driver makes its pages migratable
 *
 * From 6.0 to 6.16 a page is marked with a struct movable_operations; before,
 * with the address space of an inode, whose address_space_operations hold the
 * same three callbacks.  Both reach isolate(page), migrate(newpage, page, copy)
 * and putback(page); copy is false in the mode of 5.10 to 6.11 in which the
 * caller copies the page itself, which an object that is in use cannot bear.
 * The file system has no owner: its one mount is ours and must not hold us.
 *
 * From 6.17 on the kernel asks a page's type for its operations, and knows of
 * zsmalloc but not of us.  So our pages are marked as zsmalloc's, with a tag of
 * ours in their index, and hooks (hook.h) take the calls for those with the tag.
 * A page keeps type and tag until it is free; it can no longer be migrated when
 * its private field is 0, for zsmalloc's own functions too.
 */
#ifndef _Z3FOLD_COMPAT_MIGRATE_H
#define _Z3FOLD_COMPAT_MIGRATE_H

#include <linux/migrate.h>

#ifdef Z3FOLD_HAVE_SYNC_NO_COPY
#define z3fold_migrate_copies(mode)	((mode) != MIGRATE_SYNC_NO_COPY)
#else
#define z3fold_migrate_copies(mode)	true
#endif

/* Until 6.17. */
#ifndef MIGRATEPAGE_SUCCESS
#define MIGRATEPAGE_SUCCESS	0
#endif

static void z3fold_set_movable(struct page *page);
static void z3fold_clear_movable(struct page *page);
/* Marked, and the mark not taken back (PG_locked held). */
static bool z3fold_is_movable(struct page *page);
static int z3fold_movable_init(void);
static void z3fold_movable_exit(void);

/* Without compaction the kernel takes the marks of pages, and forgets them. */
#if !defined(CONFIG_COMPACTION) || \
	(defined(Z3FOLD_HAVE_SET_MOVABLE_OPS) && !defined(Z3FOLD_HAVE_HOOKS))

#define Z3FOLD_DEFINE_MOVABLE_OPS(isolate, migrate, putback)			\
static void z3fold_set_movable(struct page *page) { }				\
static void z3fold_clear_movable(struct page *page) { }				\
static bool z3fold_is_movable(struct page *page) { return false; }		\
static int z3fold_movable_init(void)						\
{										\
	/* Not called: the kernel has no page of ours that it could move. */	\
	(void)isolate, (void)migrate, (void)putback;				\
	pr_info("z3fold: this kernel cannot migrate its pages\n");		\
	return -EOPNOTSUPP;							\
}										\
static void z3fold_movable_exit(void) { }					\
struct z3fold_compat_needs_semicolon

#elif defined(Z3FOLD_HAVE_SET_MOVABLE_OPS)

#include "hook.h"

static const char z3fold_page_tag;

static __always_inline bool z3fold_page_tagged(unsigned long page)
{
	return ((struct folio *)page)->index == (pgoff_t)&z3fold_page_tag;
}

static void notrace z3fold_handle_page(unsigned long ip, unsigned long parent_ip,
				       struct ftrace_ops *ops,
				       struct ftrace_regs *fregs)
{
	if (z3fold_page_tagged(ftrace_regs_get_argument(fregs, 0)))
		z3fold_hook_take(ops, fregs);
}

static void notrace z3fold_handle_migrate(unsigned long ip,
					  unsigned long parent_ip,
					  struct ftrace_ops *ops,
					  struct ftrace_regs *fregs)
{
	if (z3fold_page_tagged(ftrace_regs_get_argument(fregs, 1)))
		z3fold_hook_take(ops, fregs);
}

/* zsmalloc's are in a struct movable_operations: so are ours, to have their types checked. */
#define Z3FOLD_DEFINE_MOVABLE_OPS(isolate, migrate, putback)			\
static bool z3fold_mops_isolate(struct page *page, isolate_mode_t mode)		\
{										\
	if (!page_private(page))						\
		return false;							\
	return isolate(page);							\
}										\
static int z3fold_mops_migrate(struct page *newpage, struct page *page,		\
			       enum migrate_mode mode)				\
{										\
	return migrate(newpage, page, z3fold_migrate_copies(mode));		\
}										\
static const struct movable_operations z3fold_mops __maybe_unused = {		\
	.isolate_page = z3fold_mops_isolate,					\
	.migrate_page = z3fold_mops_migrate,					\
	.putback_page = putback,						\
};										\
static struct z3fold_hook z3fold_page_hooks[] = {				\
	Z3FOLD_HOOK("zs_page_putback", NULL, putback, z3fold_handle_page),	\
	Z3FOLD_HOOK("zs_page_migrate", NULL, z3fold_mops_migrate,		\
		    z3fold_handle_migrate),					\
	Z3FOLD_HOOK("zs_page_isolate", NULL, z3fold_mops_isolate,		\
		    z3fold_handle_page),					\
};										\
static void z3fold_set_movable(struct page *page)				\
{										\
	((struct folio *)page)->index = (pgoff_t)&z3fold_page_tag;		\
	__SetPageZsmalloc(page);						\
	SetPageMovableOps(page);						\
}										\
static void z3fold_clear_movable(struct page *page)				\
{										\
	set_page_private(page, 0);						\
}										\
static bool z3fold_is_movable(struct page *page)				\
{										\
	return page_has_movable_ops(page) && page_private(page);		\
}										\
static int z3fold_movable_init(void)						\
{										\
	int err = z3fold_hook_add(z3fold_page_hooks,				\
				  ARRAY_SIZE(z3fold_page_hooks));		\
										\
	if (!err)								\
		return 0;							\
	pr_info("z3fold: so its pages cannot be migrated\n");			\
	return -EOPNOTSUPP;							\
}										\
static void z3fold_movable_exit(void)						\
{										\
	z3fold_hook_remove(z3fold_page_hooks, ARRAY_SIZE(z3fold_page_hooks));	\
}										\
struct z3fold_compat_needs_semicolon

#else /* until 6.16 */

static void z3fold_clear_movable(struct page *page)
{
	__ClearPageMovable(page);
}

/* Taking the mark back leaves the flag. */
static bool z3fold_is_movable(struct page *page)
{
	return __PageMovable(page) &&
	       (unsigned long)page->mapping != PAGE_MAPPING_MOVABLE;
}

#ifdef Z3FOLD_HAVE_MOVABLE_OPS

#define Z3FOLD_DEFINE_MOVABLE_OPS(isolate, migrate, putback)			\
static bool z3fold_mops_isolate(struct page *page, isolate_mode_t mode)		\
{										\
	return isolate(page);							\
}										\
static int z3fold_mops_migrate(struct page *newpage, struct page *page,		\
			       enum migrate_mode mode)				\
{										\
	return migrate(newpage, page, z3fold_migrate_copies(mode));		\
}										\
static const struct movable_operations z3fold_mops = {				\
	.isolate_page = z3fold_mops_isolate,					\
	.migrate_page = z3fold_mops_migrate,					\
	.putback_page = putback,						\
};										\
static void z3fold_set_movable(struct page *page)				\
{										\
	__SetPageMovable(page, &z3fold_mops);					\
}										\
static int z3fold_movable_init(void) { return 0; }				\
static void z3fold_movable_exit(void) { }					\
struct z3fold_compat_needs_semicolon

#else /* address_space_operations */

#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/pseudo_fs.h>

#define Z3FOLD_DEFINE_MOVABLE_OPS(isolate, migrate, putback)			\
static bool z3fold_aops_isolate(struct page *page, isolate_mode_t mode)		\
{										\
	return isolate(page);							\
}										\
static int z3fold_aops_migrate(struct address_space *mapping,			\
			       struct page *newpage, struct page *page,		\
			       enum migrate_mode mode)				\
{										\
	return migrate(newpage, page, z3fold_migrate_copies(mode));		\
}										\
static const struct address_space_operations z3fold_aops = {			\
	.isolate_page = z3fold_aops_isolate,					\
	.migratepage = z3fold_aops_migrate,					\
	.putback_page = putback,						\
};										\
static struct vfsmount *z3fold_mnt;						\
static struct inode *z3fold_inode;						\
static void z3fold_set_movable(struct page *page)				\
{										\
	__SetPageMovable(page, z3fold_inode->i_mapping);			\
}										\
static int z3fold_init_fs_context(struct fs_context *fc)			\
{										\
	return init_pseudo(fc, 0x7a33666f /* "z3fo" */) ? 0 : -ENOMEM;		\
}										\
static struct file_system_type z3fold_fs = {					\
	.name = "z3fold",							\
	.init_fs_context = z3fold_init_fs_context,				\
	.kill_sb = kill_anon_super,						\
};										\
static int z3fold_movable_init(void)						\
{										\
	z3fold_mnt = kern_mount(&z3fold_fs);					\
	if (IS_ERR(z3fold_mnt))							\
		return PTR_ERR(z3fold_mnt);					\
	z3fold_inode = alloc_anon_inode(z3fold_mnt->mnt_sb);			\
	if (IS_ERR(z3fold_inode)) {						\
		kern_unmount(z3fold_mnt);					\
		return PTR_ERR(z3fold_inode);					\
	}									\
	z3fold_inode->i_mapping->a_ops = &z3fold_aops;				\
	return 0;								\
}										\
static void z3fold_movable_exit(void)						\
{										\
	iput(z3fold_inode);							\
	kern_unmount(z3fold_mnt);						\
}										\
struct z3fold_compat_needs_semicolon

#endif /* address_space_operations */

#endif /* until 6.16 */

#endif /* _Z3FOLD_COMPAT_MIGRATE_H */
