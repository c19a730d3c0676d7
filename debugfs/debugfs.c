// SPDX-License-Identifier: GPL-2.0-only
/*
 * debugfs.c - /sys/kernel/debug/z3fold/front_end and .../<pool>/
 *
 * debugfs itself keeps a file's readers apart from its removal: when
 * z3fold_debugfs_remove() returns, nobody is in a function of this file with
 * that pool.  Nothing here fails a pool that cannot have its directory.
 */
#include "internal.h"
#include <linux/debugfs.h>
#include <linux/seq_file.h>

static struct dentry *root;

/* In the order of enum z3fold_event; what has no name is not shown as it is. */
static const char * const event_names[Z3FOLD_NR_EVENTS] = {
	[Z3FOLD_ALLOCS] = "allocs",
	[Z3FOLD_MAPS] = "maps",
	[Z3FOLD_ALLOC_FAILED] = "alloc_failed",
	[Z3FOLD_ALLOC_TOO_BIG] = "alloc_too_big",
	[Z3FOLD_PAGES_UNMOVABLE] = "pages_unmovable",
	[Z3FOLD_PAGES_DEFERRED] = "pages_deferred",
	[Z3FOLD_MOVED_IN_PAGE] = "moved_in_page",
	[Z3FOLD_MOVED_IN_PAGE_PINNED] = "moved_in_page_pinned",
	[Z3FOLD_MOVED_BETWEEN_PAGES] = "moved_between_pages",
	[Z3FOLD_MOVED_BETWEEN_PAGES_PINNED] = "moved_between_pages_pinned",
	[Z3FOLD_SWEEPS] = "sweeps",
	[Z3FOLD_SHRINKER_SCANS] = "shrinker_scans",
	[Z3FOLD_SHRINKER_PAGES] = "shrinker_pages",
	[Z3FOLD_ISOLATE_REFUSED] = "isolate_refused",
	[Z3FOLD_PAGES_MIGRATED] = "pages_migrated",
	[Z3FOLD_MIGRATE_PINNED] = "migrate_pinned",
	[Z3FOLD_MIGRATE_REFUSED] = "migrate_refused",
	[Z3FOLD_EVICTED] = "evicted",
	[Z3FOLD_EVICT_FAILED] = "evict_failed",
	[Z3FOLD_EVICT_CALLS] = "evict_calls",
	[Z3FOLD_EVICT_ZOMBIES] = "evict_zombies",
};

static void show(struct seq_file *m, const char *name, u64 value)
{
	seq_printf(m, "%s %llu\n", name, value);
}

/* What is counted meanwhile may be in one and not in the other. */
static u64 less(u64 a, u64 b)
{
	return a > b ? a - b : 0;
}

/* Unmaps first, so that what goes on meanwhile can only add. */
static u64 pins(struct z3fold_pool *pool)
{
	u64 unmaps = z3fold_pool_events(pool, Z3FOLD_UNMAPS);
	u64 maps = z3fold_pool_events(pool, Z3FOLD_MAPS);

	return less(maps, unmaps);
}

static int stats_show(struct seq_file *m, void *unused)
{
	struct z3fold_pool *pool = m->private;
	u64 pages, objects, chunks, bound;
	struct z3fold_census *c;
	unsigned int i;

	c = kmalloc(sizeof(*c), GFP_KERNEL);
	if (!c)
		return -ENOMEM;
	z3fold_pool_census(pool, c);
	pages = c->kind[1] + c->kind[2] + c->kind[3] + c->headless;
	z3fold_census_sums(c, &objects, &chunks);
	bound = z3fold_pool_bound(objects, chunks);

	show(m, "pages", z3fold_pool_pages(pool));
	show(m, "pages_one", c->kind[1]);
	show(m, "pages_two", c->kind[2]);
	show(m, "pages_three", c->kind[3]);
	show(m, "pages_headless", c->headless);
	show(m, "objects", objects);
	show(m, "stored_bytes", c->bytes);
	show(m, "stored_chunks", chunks);
	show(m, "bound_pages", bound);
	show(m, "over_bound_permille",
	     bound && pages > bound ? div64_u64((pages - bound) * 1000, bound) : 0);
	show(m, "density_permille", z3fold_density(c->bytes, pages));
	show(m, "pins", pins(pool));
	show(m, "ghosts", z3fold_page_ghosts(pool));
	show(m, "isolated", READ_ONCE(pool->isolated));
	show(m, "reclaim", Z3FOLD_HAVE_RECLAIM && pool->evict);
	show(m, "migration", z3fold_migration_enabled());
	show(m, "frees", less(z3fold_pool_events(pool, Z3FOLD_ALLOCS), objects));
	for (i = 0; i < Z3FOLD_NR_EVENTS; i++)
		if (event_names[i])
			show(m, event_names[i], z3fold_pool_events(pool, i));
	kfree(c);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

static int chunks_show(struct seq_file *m, void *unused)
{
	struct z3fold_pool *pool = m->private;
	struct z3fold_census *c;
	unsigned int i;

	c = kmalloc(sizeof(*c), GFP_KERNEL);
	if (!c)
		return -ENOMEM;
	z3fold_pool_census(pool, c);
	seq_printf(m, "%6s %11s %9s %9s %9s %10s\n", "chunks", "bytes", "first",
		   "middle", "last", "pages_free");
	for (i = 0; i <= Z3FOLD_CHUNKS; i++) {
		unsigned int to = i << Z3FOLD_CHUNK_SHIFT;
		unsigned int from = i ? to - Z3FOLD_CHUNK_SIZE + 1 : 0;
		char range[24];

		snprintf(range, sizeof(range), "%u-%u", from, to);
		seq_printf(m, "%6u %11s %9u %9u %9u %10u\n", i, range,
			   c->size[Z3FOLD_FIRST][i], c->size[Z3FOLD_MIDDLE][i],
			   c->size[Z3FOLD_LAST][i], c->room[i]);
	}
	kfree(c);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(chunks);

static int validate_show(struct seq_file *m, void *unused)
{
	struct z3fold_pool *pool = m->private;
	unsigned long errors, pages;

	errors = z3fold_pool_validate(pool, &pages);
	seq_printf(m, "errors %lu pages %lu\n", errors, pages);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(validate);

/* For the module as a whole. */
static int front_end_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "front_end %s\n", z3fold_frontend_name());
	seq_printf(m, "migration %u\n", z3fold_migration_enabled());
	z3fold_frontend_show(m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(front_end);

static int compact_show(struct seq_file *m, void *unused)
{
	struct z3fold_pool *pool = m->private;

	mutex_lock(&pool->sweep_lock);
	seq_printf(m, "moved %lu freed %lu\n", pool->swept_moved,
		   pool->swept_freed);
	mutex_unlock(&pool->sweep_lock);
	return 0;
}

static int compact_open(struct inode *inode, struct file *file)
{
	return single_open(file, compact_show, inode->i_private);
}

static ssize_t compact_write(struct file *file, const char __user *buf,
			     size_t len, loff_t *pos)
{
	struct z3fold_pool *pool = file_inode(file)->i_private;
	unsigned int value;
	int err = kstrtouint_from_user(buf, len, 0, &value);

	if (err || value != 1) {
		pr_info("z3fold: compact takes 1, nothing else\n");
		return err ?: -EINVAL;
	}
	z3fold_compact_pool(pool);
	return len;
}

static const struct file_operations compact_fops = {
	.owner = THIS_MODULE,
	.open = compact_open,
	.read = seq_read,
	.write = compact_write,
	.llseek = seq_lseek,
	.release = single_release,
};

/**
 * z3fold_debugfs_add() - make a pool's directory
 * @pool:	the pool; its name is unique
 *
 * Context: process.
 */
void z3fold_debugfs_add(struct z3fold_pool *pool)
{
	pool->dir = debugfs_create_dir(pool->name, root);
	debugfs_create_file("stats", 0444, pool->dir, pool, &stats_fops);
	debugfs_create_file("chunks", 0444, pool->dir, pool, &chunks_fops);
	debugfs_create_file("validate", 0400, pool->dir, pool, &validate_fops);
	debugfs_create_file("compact", 0600, pool->dir, pool, &compact_fops);
}

/**
 * z3fold_debugfs_remove() - remove a pool's directory
 * @pool:	the pool
 *
 * Context: process; waits for those who use its files, a sweep too.
 */
void z3fold_debugfs_remove(struct z3fold_pool *pool)
{
	debugfs_remove(pool->dir);
}

void __init z3fold_debugfs_init(void)
{
	root = debugfs_create_dir("z3fold", NULL);
	debugfs_create_file("front_end", 0444, root, NULL, &front_end_fops);
	debugfs_create_file("stress", 0600, root, NULL, &z3fold_stress_fops);
}

void z3fold_debugfs_exit(void)
{
	debugfs_remove(root);
	z3fold_stress_exit();
}
