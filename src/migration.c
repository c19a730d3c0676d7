// SPDX-License-Identifier: GPL-2.0-only
/*
 * migration.c - the kernel moves our pages: isolate, migrate, putback
 *
 * A page becomes movable when its descriptor is complete, before it is listed;
 * it stops being so under PG_locked before it is released.  So whoever has a
 * page of ours locked and finds it movable also finds its descriptor, and
 * through it the pool.
 *
 * Isolation is one more claim: the page leaves its list, its objects can still
 * be mapped and freed.  It is counted in the pool, which waits for it when it is
 * destroyed, and exactly one of putback or a successful migrate uncounts it.
 */
#include "internal.h"
#include "compat/migrate.h"
#include "compat/vmstat.h"

static bool migration = true;
module_param(migration, bool, 0444);
MODULE_PARM_DESC(migration, "let the kernel migrate pages (default: yes)");

static void uncount(struct z3fold_pool *pool)
{
	/* destroy takes this lock once more: we do not touch the pool after it */
	spin_lock(&pool->lock);
	WRITE_ONCE(pool->isolated, pool->isolated - 1);
	if (!pool->isolated)
		wake_up(&pool->wait);
	spin_unlock(&pool->lock);
}

/**
 * z3fold_migration_isolate() - the kernel wants to migrate a page
 * @page:	the page, locked and movable
 *
 * Context: any, the kernel's page migration or who does as it does.
 * Return: false if somebody of ours works on it; else it stays claimed until
 * z3fold_migration_putback() or a successful z3fold_migration_migrate().
 */
bool z3fold_migration_isolate(struct page *page)
{
	struct z3fold_page *zp = (struct z3fold_page *)page_private(page);
	struct z3fold_pool *pool = zp->shard->pool;

	if (z3fold_shard_isolate(zp))
		return true;
	z3fold_count(pool, Z3FOLD_ISOLATE_REFUSED, 1);
	return false;
}

/**
 * z3fold_migration_putback() - an isolated page was not migrated
 * @page:	the page, locked
 *
 * Context: as z3fold_migration_isolate().
 */
void z3fold_migration_putback(struct page *page)
{
	struct z3fold_page *zp = (struct z3fold_page *)page_private(page);
	struct z3fold_pool *pool = zp->shard->pool;
	bool dying;

	spin_lock(&zp->lock);
	dying = z3fold_shard_unclaim(zp, false);
	spin_unlock(&zp->lock);
	if (dying)
		z3fold_page_release_locked(zp);
	uncount(pool);
}

/* Publish where all objects before @end are, and clear MOVING. */
static void end_moves(struct z3fold_page *zp, unsigned int end)
{
	unsigned int i;

	for (i = 0; i < end; i++) {
		unsigned int start = z3fold_layout_start(&zp->layout, i);

		if (zp->objects[i])
			z3fold_handle_end_move(zp->objects[i],
					       z3fold_word_encode(zp->pageno,
								  start));
	}
}

/* Set MOVING on all objects of a page, or on none. */
static bool start_moves(struct z3fold_page *zp)
{
	unsigned int i;

	for (i = 0; i < Z3FOLD_BUDDIES; i++)
		if (zp->objects[i] && !z3fold_handle_start_move(zp->objects[i])) {
			end_moves(zp, i);
			return false;
		}
	return true;
}

static int refuse(struct z3fold_pool *pool, struct page *newpage,
		  struct page *page, enum z3fold_event why)
{
	z3fold_count(pool, why, 1);
	trace_migrate(pool, page_to_pfn(page), page_to_pfn(newpage), -EAGAIN);
	return -EAGAIN;
}

/**
 * z3fold_migration_migrate() - take a new page in the place of an isolated one
 * @newpage:	the new page, locked
 * @page:	the old one, locked
 * @copy:	false: the caller wants to copy the bytes itself
 *
 * An empty page is released, and nothing is done with @newpage.
 *
 * Context: process.
 * Return: MIGRATEPAGE_SUCCESS, with our references moved over to @newpage; or
 * -EAGAIN, with @newpage untouched, where an object is pinned or @copy is false.
 */
int z3fold_migration_migrate(struct page *newpage, struct page *page, bool copy)
{
	struct z3fold_page *zp = (struct z3fold_page *)page_private(page);
	struct z3fold_pool *pool = zp->shard->pool;

	/* The words of 32 bit hold addresses. */
	if (!copy || PageHighMem(newpage))
		return refuse(pool, newpage, page, Z3FOLD_MIGRATE_REFUSED);
	spin_lock(&zp->lock);
	if (!z3fold_layout_buddies(&zp->layout)) {
		z3fold_shard_unclaim(zp, false);
		spin_unlock(&zp->lock);
		z3fold_page_release_locked(zp);
		uncount(pool);
		return MIGRATEPAGE_SUCCESS;
	}
	preempt_disable();
	if (!start_moves(zp)) {
		preempt_enable();
		spin_unlock(&zp->lock);
		return refuse(pool, newpage, page, Z3FOLD_MIGRATE_PINNED);
	}
	copy_page(page_address(newpage), page_address(page));
	get_page(newpage);
	set_page_private(newpage, (unsigned long)zp);
	WRITE_ONCE(zp->pageno, z3fold_pageno(newpage));
	end_moves(zp, Z3FOLD_BUDDIES);
	preempt_enable();

	z3fold_set_movable(newpage);
	z3fold_migration_withdraw(page);
	set_page_private(page, 0);
	z3fold_shard_unclaim(zp, false);	/* not empty: the lock was held */
	spin_unlock(&zp->lock);
	trace_migrate(pool, page_to_pfn(page), page_to_pfn(newpage), 0);
	z3fold_vmstat_add(newpage);
	z3fold_vmstat_sub(page);
	put_page(page);
	z3fold_count(pool, Z3FOLD_PAGES_MIGRATED, 1);
	uncount(pool);
	return MIGRATEPAGE_SUCCESS;
}

Z3FOLD_DEFINE_MOVABLE_OPS(z3fold_migration_isolate, z3fold_migration_migrate,
			  z3fold_migration_putback);

/**
 * z3fold_migration_gfp() - the flags for a page of ours
 * @gfp:	what the caller gave
 *
 * Context: any.
 * Return: without MOVABLE if the page will not be movable.
 */
gfp_t z3fold_migration_gfp(gfp_t gfp)
{
	return migration ? gfp : gfp & ~__GFP_MOVABLE;
}

/**
 * z3fold_migration_publish() - mark a page movable
 * @page:	a new page that leads to a complete descriptor, still NEW
 *
 * Context: any; no lock of ours held.
 * Return: false if it stays unmovable, because migration is off or somebody
 * who walks all page frames has it locked just now.
 */
bool z3fold_migration_publish(struct page *page)
{
	if (!migration || !trylock_page(page))
		return false;
	z3fold_set_movable(page);
	unlock_page(page);
	return true;
}

/**
 * z3fold_migration_withdraw() - take the mark off a page that shall go
 * @page:	the page, locked (PG_locked), marked movable, claimed or DYING
 *
 * Not "mapping = NULL": who has isolated the page still looks at the mapping.
 *
 * Context: any.
 */
void z3fold_migration_withdraw(struct page *page)
{
	z3fold_clear_movable(page);
}

/**
 * z3fold_migration_movable() - is a page marked movable
 * @page:	a page that was ours when a reference to it was taken
 *
 * Context: the page is locked.
 * Return: true if it still is ours and can be isolated.
 */
bool z3fold_migration_movable(struct page *page)
{
	return z3fold_is_movable(page);
}

/**
 * z3fold_migration_enabled() - can pages of ours be migrated
 *
 * Context: any.
 * Return: true if new pages are marked movable.
 */
bool z3fold_migration_enabled(void)
{
	return migration;
}

int __init z3fold_migration_init(void)
{
	int err = migration ? z3fold_movable_init() : 0;

	/* The kernel has no way for us: said in the log, and in the statistics. */
	if (err == -EOPNOTSUPP) {
		migration = false;
		err = 0;
	}
	return err;
}

void z3fold_migration_exit(void)
{
	if (migration)
		z3fold_movable_exit();
}
