// SPDX-License-Identifier: GPL-2.0-only
/*
 * stress.c - /sys/kernel/debug/z3fold/stress: options are written, a storm runs
 * (storm.c) until the write returns, and its report can be read
 */
#include <linux/debugfs.h>
#include <linux/uaccess.h>
#include "storm.h"
#include "data/lzo_sizes.h"
#include "data/zstd_sizes.h"

#define LONGEST_TEXT	1024

/* Guards what the report shows of a storm that runs. */
DEFINE_MUTEX(z3fold_stress_lock);
/* The storm that runs, or else the last one; NULL before the first. */
static struct z3fold_storm *report;
static DEFINE_MUTEX(one_at_a_time);

/* ---- options ------------------------------------------------------------- */

#define OPTION(name, least, most, preset) \
	{ #name, offsetof(struct z3fold_stress, name), least, most, preset }

static const struct {
	const char *name;
	size_t offset;
	u32 least, most, preset;
} options[] = {
	OPTION(threads, 1, 256, 4),
	OPTION(objects, 1, 1 << 20, 20000),
	OPTION(ops, 0, 1000000000, 1000000),
	OPTION(seconds, 1, 3600, 60),
	OPTION(memory, 1, 1 << 20, 0),	/* a quarter of what the machine has */
	OPTION(seed, 0, U32_MAX, 1),
	OPTION(migrate, 0, 1, 0),
	OPTION(compact, 0, 1, 0),
	OPTION(reclaim, 0, 1, 0),
	OPTION(sleep, 0, 1000000, 1000),
	OPTION(fail, 0, 1000000, 0),
};

static u32 *option(struct z3fold_stress *o, unsigned int i)
{
	return (void *)o + options[i].offset;
}

static const struct {
	const char *name;
	const u16 *quantiles;
} compressors[] = {
	{ "lzo", lzo_sizes },
	{ "zstd", zstd_sizes },
};

static_assert(sizeof(lzo_sizes) == 256 * sizeof(u16));
static_assert(sizeof(zstd_sizes) == 256 * sizeof(u16));

static const char no_sizes[] =
	"no sizes: take lzo, zstd, BYTES or BYTES-BYTES, of 1 to a page";

static int bad(const char *what, const char *word)
{
	pr_info("z3fold: stress: '%s': %s\n", word, what);
	return -EINVAL;
}

/* The name of a compressor, BYTES, or BYTES-BYTES. */
static int parse_sizes(struct z3fold_stress *o, const char *text)
{
	char range[sizeof(o->sizes)], *most = range, *least;
	unsigned int i;

	if (strlen(text) >= sizeof(o->sizes))
		return -EINVAL;
	strscpy(o->sizes, text, sizeof(o->sizes));
	o->quantiles = NULL;
	for (i = 0; i < ARRAY_SIZE(compressors); i++)
		if (!strcmp(text, compressors[i].name)) {
			o->quantiles = compressors[i].quantiles;
			return 0;
		}
	strscpy(range, text, sizeof(range));
	least = strsep(&most, "-");
	if (kstrtouint(least, 10, &o->least) ||
	    kstrtouint(most ?: least, 10, &o->most))
		return -EINVAL;
	return o->least && o->least <= o->most && o->most <= PAGE_SIZE ?
		       0 : -EINVAL;
}

static int parse_option(struct z3fold_stress *o, char *word)
{
	char *value = strchr(word, '=');
	unsigned int i;
	u32 n;

	if (!value)
		return bad("not of the form key=value", word);
	*value++ = '\0';
	if (!strcmp(word, "sizes"))
		return parse_sizes(o, value) ? bad(no_sizes, value) : 0;
	for (i = 0; i < ARRAY_SIZE(options); i++)
		if (!strcmp(word, options[i].name))
			break;
	if (i == ARRAY_SIZE(options))
		return bad("unknown; all there are can be read here", word);
	if (kstrtou32(value, 10, &n) || n < options[i].least || n > options[i].most) {
		pr_info("z3fold: stress: '%s=%s': not a number from %u to %u\n",
			word, value, options[i].least, options[i].most);
		return -EINVAL;
	}
	*option(o, i) = n;
	return 0;
}

static void preset(struct z3fold_stress *o)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(options); i++)
		*option(o, i) = options[i].preset;
	o->memory = max(totalram_pages() >> (20 - PAGE_SHIFT) >> 2, 1UL);
	parse_sizes(o, "lzo");
}

static int parse(struct z3fold_stress *o, char *text)
{
	char *word;
	int err;

	preset(o);
	while ((word = strsep(&text, " \t\n"))) {
		err = *word ? parse_option(o, word) : 0;
		if (err)
			return err;
	}
	if (o->reclaim && !Z3FOLD_HAVE_RECLAIM) {
		pr_info("z3fold: stress: 'reclaim=1': this kernel's zpool has no reclaim\n");
		return -EOPNOTSUPP;
	}
	if (o->reclaim && !o->quantiles && o->least < sizeof(u64))
		return bad("reclaim=1 needs sizes of 8 bytes and more, to find an object's owner",
			   o->sizes);
	return 0;
}

/* ---- report -------------------------------------------------------------- */

static const char * const states[] = {
	[Z3FOLD_STORM_RUNNING] = "running",
	[Z3FOLD_STORM_DONE] = "done",
	[Z3FOLD_STORM_TIME] = "time",
	[Z3FOLD_STORM_MEMORY] = "memory",
	[Z3FOLD_STORM_INTERRUPTED] = "interrupted",
	[Z3FOLD_STORM_FAILED] = "failed",
};

static const char * const timed[Z3FOLD_STORM_NR_TIMED] = {
	"alloc", "free", "map", "unmap", "migrate", "compact", "reclaim",
};

static void show(struct seq_file *m, const char *name, u64 value)
{
	seq_printf(m, "%s %llu\n", name, value);
}

static void show_options(struct seq_file *m, struct z3fold_stress *o)
{
	unsigned int i;

	seq_puts(m, "options");
	for (i = 0; i < ARRAY_SIZE(options); i++)
		seq_printf(m, " %s=%u", options[i].name, *option(o, i));
	seq_printf(m, " sizes=%s\n", o->sizes);
}

static void show_counts(struct seq_file *m, const struct z3fold_storm *storm)
{
	const struct z3fold_storm_counts *c = &storm->total;
	unsigned int i, bucket;

	show(m, "milliseconds", storm->ms);
	show(m, "errors", c->errors);
	for (i = 0; i < Z3FOLD_STORM_NR_TIMED; i++) {
		u64 sum = 0;

		for (bucket = 0; bucket < Z3FOLD_STORM_BUCKETS; bucket++)
			sum += c->latency[i][bucket];
		show(m, timed[i], sum);
	}
	show(m, "alloc_failed", c->alloc_failed);
	show(m, "mapped_twice", c->mapped_twice);
	show(m, "slept_mapped", c->slept);
	show(m, "verified_bytes", c->verified);
	show(m, "pages_migrated", c->migrated);
	show(m, "pages_put_back", c->migrate_failed);
	show(m, "pages_reclaimed", c->reclaimed);
	show(m, "objects_evicted", c->evicted);
}

static void show_phases(struct seq_file *m, const struct z3fold_storm *storm)
{
	unsigned int i;

	seq_printf(m, "\n%-8s%13s%9s%9s%9s%18s\n", "phase", "milliseconds",
		   "objects", "pages", "bound", "density_permille");
	for (i = 0; i < storm->phases; i++)
		seq_printf(m, "%-8s%13llu%9llu%9llu%9llu%18llu\n",
			   storm->phase[i].name, storm->phase[i].ms,
			   storm->phase[i].objects, storm->phase[i].pages,
			   storm->phase[i].bound,
			   z3fold_density(storm->phase[i].bytes,
					  storm->phase[i].pages));
}

/* Rows without any operation, before the first and behind the last, are left out. */
static void show_latency(struct seq_file *m, const struct z3fold_storm *storm)
{
	u64 sums[Z3FOLD_STORM_BUCKETS] = {};
	int i, bucket, first = 0, last = Z3FOLD_STORM_BUCKETS - 1;

	for (bucket = 0; bucket < Z3FOLD_STORM_BUCKETS; bucket++)
		for (i = 0; i < Z3FOLD_STORM_NR_TIMED; i++)
			sums[bucket] += storm->total.latency[i][bucket];
	while (first < last && !sums[first])
		first++;
	while (first < last && !sums[last])
		last--;
	seq_printf(m, "\n%12s", "below_ns");
	for (i = 0; i < Z3FOLD_STORM_NR_TIMED; i++)
		seq_printf(m, "%11s", timed[i]);
	for (bucket = first; bucket <= last; bucket++) {
		if (bucket == Z3FOLD_STORM_BUCKETS - 1)
			seq_printf(m, "\n%12s", "more");
		else
			seq_printf(m, "\n%12llu", 1ULL << bucket);
		for (i = 0; i < Z3FOLD_STORM_NR_TIMED; i++)
			seq_printf(m, "%11llu", storm->total.latency[i][bucket]);
	}
	seq_putc(m, '\n');
}

static int stress_show(struct seq_file *m, void *unused)
{
	struct z3fold_stress presets = {};

	mutex_lock(&z3fold_stress_lock);
	if (!report) {
		seq_puts(m, "state never\n");
		preset(&presets);
		show_options(m, &presets);
	} else {
		seq_printf(m, "state %s\n", states[READ_ONCE(report->state)]);
		show_options(m, &report->options);
		if (report->ms)
			show_counts(m, report);
		else if (report->pool)
			show(m, "alloc", z3fold_pool_events(report->pool, Z3FOLD_ALLOCS));
		show_phases(m, report);
		if (report->ms)
			show_latency(m, report);
	}
	mutex_unlock(&z3fold_stress_lock);
	return 0;
}

static int stress_open(struct inode *inode, struct file *file)
{
	return single_open(file, stress_show, NULL);
}

/* ---- trigger ------------------------------------------------------------- */

static int run(char *text)
{
	struct z3fold_storm *storm, *old;
	int err;

	storm = kzalloc(sizeof(*storm), GFP_KERNEL);
	if (!storm)
		return -ENOMEM;
	err = parse(&storm->options, text);
	if (err) {
		kfree(storm);
		return err;
	}
	mutex_lock(&z3fold_stress_lock);
	old = report;
	report = storm;
	mutex_unlock(&z3fold_stress_lock);
	kfree(old);
	return z3fold_storm_run(storm);
}

static ssize_t stress_write(struct file *file, const char __user *buf,
			    size_t len, loff_t *pos)
{
	char *text;
	int err;

	if (len > LONGEST_TEXT) {
		pr_info("z3fold: stress: options of more than %u bytes\n",
			LONGEST_TEXT);
		return -EINVAL;
	}
	if (!mutex_trylock(&one_at_a_time))
		return -EBUSY;
	text = memdup_user_nul(buf, len);
	err = PTR_ERR_OR_ZERO(text);
	if (!err) {
		err = run(text);
		kfree(text);
	}
	mutex_unlock(&one_at_a_time);
	return err ?: len;
}

const struct file_operations z3fold_stress_fops = {
	.owner = THIS_MODULE,
	.open = stress_open,
	.read = seq_read,
	.write = stress_write,
	.llseek = seq_lseek,
	.release = single_release,
};

void z3fold_stress_exit(void)
{
	kfree(report);
}
