// SPDX-License-Identifier: GPL-2.0-only
/*
 * migrate.c - the kernel's side of page migration, step by step as in
 * mm/migrate.c of 5.10 to 6.12
 */
#include "host.h"
#include "page.h"

#ifdef Z3FOLD_HAVE_MOVABLE_OPS
typedef struct movable_operations ops_t;
#define ops_of(page)	((const ops_t *)host_movable_ops(page))
#define call_migrate(dst, src, mode)	ops_of(src)->migrate_page(dst, src, mode)

void __SetPageMovable(struct page *page, const struct movable_operations *ops)
{
	host_set_movable(page, ops);
}
#else
#include <linux/mount.h>
#include <linux/pseudo_fs.h>

typedef struct address_space_operations ops_t;
#define mapping_of(page) ((struct address_space *)host_movable_ops(page))
#define ops_of(page)	(mapping_of(page)->a_ops)
#define call_migrate(dst, src, mode)					\
	ops_of(src)->migratepage(mapping_of(src), dst, src, mode)

void __SetPageMovable(struct page *page, struct address_space *mapping)
{
	host_set_movable(page, mapping);
}

static struct super_block sb;

struct pseudo_fs_context *init_pseudo(struct fs_context *fc, unsigned long magic)
{
	return host_should_fail() ? NULL : (void *)&sb;
}

struct vfsmount *kern_mount(struct file_system_type *type)
{
	struct vfsmount *mnt;
	int err = type->init_fs_context(NULL);

	if (err)
		return ERR_PTR(err);
	mnt = kzalloc(sizeof(*mnt), GFP_KERNEL);
	if (!mnt)
		return ERR_PTR(-ENOMEM);
	mnt->mnt_sb = &sb;
	return mnt;
}

void kern_unmount(struct vfsmount *mnt)
{
	kfree(mnt);
}

void kill_anon_super(struct super_block *s)
{
}

struct inode *alloc_anon_inode(struct super_block *s)
{
	struct inode *inode = kzalloc(sizeof(*inode), GFP_KERNEL);

	if (!inode)
		return ERR_PTR(-ENOMEM);
	inode->i_mapping = &inode->i_data;
	return inode;
}

void iput(struct inode *inode)
{
	kfree(inode);
}
#endif

/* isolate_movable_page(): a reference is held from here on. */
bool host_isolate(struct page *page)
{
	bool ours = false;

	if (!get_page_unless_zero(page))
		return false;
	host_point();
	if (!host_page_movable(page) || !trylock_page(page)) {
		put_page(page);
		return false;
	}
	if (host_page_movable(page) && !host_page_isolated(page)) {
		ours = ops_of(page)->isolate_page(page, 0);
		if (ours)
			host_set_isolated(page, true);
	}
	unlock_page(page);
	if (!ours)
		put_page(page);
	return ours;
}

/* putback_movable_pages(), for one page. */
void host_putback(struct page *page)
{
	lock_page(page);
	if (host_page_movable(page))
		ops_of(page)->putback_page(page);
	host_set_isolated(page, false);
	unlock_page(page);
	put_page(page);
}

static int move_to_new_page(struct page *newpage, struct page *page,
			    enum migrate_mode mode)
{
	int err;

	/* It can have been released since it was isolated. */
	if (!host_page_movable(page)) {
		host_set_isolated(page, false);
		return MIGRATEPAGE_SUCCESS;
	}
	err = call_migrate(newpage, page, mode);
	if (err == MIGRATEPAGE_SUCCESS) {
		if (!host_page_isolated(page))
			host_fail("a migrated page is not isolated\n");
		if (host_page_movable(page))
			host_fail("a migrated page is still movable\n");
		host_set_isolated(page, false);
	} else if (host_page_movable(newpage) || newpage->private) {
		host_fail("a failed migration left its mark on the new page\n");
	}
	return err;
}

/**
 * host_migrate() - as migrate_pages() for one isolated page
 * @page:	the page
 * @newpage:	where it went, without a reference; NULL: nowhere
 * @mode:	the first pass is asynchronous
 * @passes:	how often to try
 *
 * The caller puts the page back if this fails, else it is gone.
 */
int host_migrate(struct page *page, struct page **newpage,
		 enum migrate_mode mode, unsigned int passes)
{
	struct page *dst;
	int err = -EAGAIN;

	*newpage = NULL;
	while (err == -EAGAIN && passes--) {
		/* Freed from under us: unmap_and_move() looks at the count. */
		if (__atomic_load_n(&page->refs, __ATOMIC_ACQUIRE) == 1) {
			lock_page(page);
			if (host_page_movable(page))
				host_fail("a movable page lost its owner's reference\n");
			host_set_isolated(page, false);
			unlock_page(page);
			put_page(page);
			return 0;
		}
		dst = alloc_page(GFP_KERNEL | __GFP_MOVABLE);
		if (!dst)
			return -ENOMEM;
		if (mode == MIGRATE_ASYNC) {
			if (!trylock_page(page)) {
				put_page(dst);
				continue;
			}
		} else {
			lock_page(page);
		}
		if (!trylock_page(dst)) {
			/* Somebody walks all page frames. */
			unlock_page(page);
			put_page(dst);
			continue;
		}
		err = move_to_new_page(dst, page, mode);
		unlock_page(dst);
		unlock_page(page);
		if (!err && host_page_movable(dst))
			*newpage = dst;
		put_page(dst);
		if (!err)
			put_page(page);
	}
	return err;
}
