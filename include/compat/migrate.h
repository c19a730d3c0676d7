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
 */
#ifndef _Z3FOLD_COMPAT_MIGRATE_H
#define _Z3FOLD_COMPAT_MIGRATE_H

#include <linux/migrate.h>

#ifdef Z3FOLD_HAVE_SYNC_NO_COPY
#define z3fold_migrate_copies(mode)	((mode) != MIGRATE_SYNC_NO_COPY)
#else
#define z3fold_migrate_copies(mode)	true
#endif

static void z3fold_set_movable(struct page *page);

/* Marked, and the mark not taken back, which leaves the flag (PG_locked held). */
static inline bool z3fold_is_movable(struct page *page)
{
	return __PageMovable(page) &&
	       (unsigned long)page->mapping != PAGE_MAPPING_MOVABLE;
}

static int z3fold_movable_init(void);
static void z3fold_movable_exit(void);

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

#endif

#endif /* _Z3FOLD_COMPAT_MIGRATE_H */
