// SPDX-License-Identifier: GPL-2.0-only
/*
 * zswap.c - setting zswap's parameters, and going back
 *
 * With zpool, zswap's parameter of that name chooses the allocator. Without, the module's
 * parameter capture says that zswap's next pools are z3fold's, and zswap makes a pool when
 * it is given another compressor.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"

#define CAPTURE MODULE "/parameters/capture"

static bool same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

/* 0, or FAILED and a message: the parameter was read back, since zswap may refuse silently. */
int zswap_set(enum setting setting, const char *value)
{
	char *path = file_join(ZSWAP, setting_file(setting)), *now = file_read(path);
	int error, status = 0;

	if (!now && (setting == ACCEPT || setting == SHRINKER)) {
		say("this kernel's zswap has no %s: that setting is passed over", setting_file(setting));
	} else if (!same(now, value)) {
		error = file_write(path, value);
		free(now);
		now = file_read(path);
		if (error)
			say("zswap refuses %s=%s: %s", setting_file(setting), value, strerror(error));
		else if (!same(now, value))
			say("zswap was told %s=%s and has %s", setting_file(setting), value, now ? now : "none");
		if (error || !same(now, value)) {
			say("the kernel's log may say why: sudo dmesg | grep -E 'zswap|z3fold'");
			status = FAILED;
		}
	}
	free(now);
	free(path);
	return status;
}

static int set_capture(bool on)
{
	int error = file_write(CAPTURE, on ? "Y" : "N");

	if (error)
		say("%s=%s is refused: %s; sudo dmesg | grep z3fold says why", CAPTURE, on ? "Y" : "N",
		    strerror(error));
	return error ? FAILED : 0;
}

/*
 * The name of the driver behind a compressor, by which zswap knows it as well, and as
 * another: "lzo-scomp" for "lzo". NULL if there is none.
 */
static char *driver_of(const char *compressor)
{
	char *text = file_read("/proc/crypto"), *rest = text, *line, *driver = NULL;
	char name[64] = "", value[64];

	while (compressor && !driver && (line = strsep(&rest, "\n"))) {
		if (sscanf(line, "name : %63s", value) == 1)
			strcpy(name, value);
		else if (sscanf(line, "driver : %63s", value) == 1 && same(name, compressor) && !same(name, value))
			driver = must(strdup(value));
	}
	free(text);
	return driver;
}

static bool try_compressor(const char *name)
{
	char *now;
	bool done;

	if (file_write(ZSWAP "/compressor", name))
		return false;
	now = file_read(ZSWAP "/compressor");
	done = same(now, name);
	free(now);
	return done;
}

/*
 * Makes zswap begin a pool of another name than this compressor's: best one that compresses
 * as it does.
 */
static bool use_other_compressor(const char *than)
{
	static const char * const names[] = { "lzo", "lzo-rle", "lz4", "zstd", "deflate", "842", "lz4hc" };
	char *driver = driver_of(than);
	bool done = driver && try_compressor(driver);
	size_t i;

	free(driver);
	for (i = 0; !done && i < ARRAY_SIZE(names); i++)
		done = !same(names[i], than) && try_compressor(names[i]);
	if (!done)
		say("zswap takes no other compressor than %s, so it cannot be made to begin a new pool",
		    than ? than : "none");
	return done;
}

/* How many pools the bridge has taken; -1 where debugfs does not tell. */
static long long captured(void)
{
	char *text = file_read(DEBUGFS "/front_end"), *line = text ? strstr(text, "\ncaptured ") : NULL;
	long long n = -1;

	if (line && sscanf(line, " captured %lld", &n) != 1)
		n = -1;
	free(text);
	return n;
}

/*
 * Is zswap's newest pool z3fold's? Where nobody counts, the module's users must do, and the
 * pool of the interim compressor may be going away meanwhile: its end is no answer.
 */
static bool was_captured(long long before)
{
	struct facts facts;
	bool used = true;
	int tries;

	if (before >= 0)
		return captured() > before;
	for (tries = 0; used && tries < 10; tries++) {
		facts_get(&facts);
		used = facts.users;
		facts_free(&facts);
		if (used)
			usleep(100000);
	}
	return used;
}

static int apply_bridge(const struct settings *settings)
{
	char *now = file_read(ZSWAP "/compressor"), *driver = NULL;
	const char *wanted = settings->value[COMPRESSOR] ? settings->value[COMPRESSOR] : now;
	struct facts facts;
	long long start, before;
	bool already;
	int status;

	facts_get(&facts);
	already = facts.in_effect && same(wanted, now);
	facts_free(&facts);
	if (already || !wanted) {
		free(now);
		return already ? 0 : FAILED;
	}
	start = captured();
	status = set_capture(true);
	if (!status && same(wanted, now) && !use_other_compressor(now))
		status = FAILED;
	before = captured();
	if (!status)
		status = zswap_set(COMPRESSOR, wanted);
	if (!status)
		status = zswap_set(ENABLED, "Y");
	if (!status && !was_captured(before)) {
		/*
		 * An old pool of this name still holds pages, and zswap has gone back to it.
		 * The other name's pool is new, or was a moment ago.
		 */
		driver = driver_of(wanted);
		if (!driver || !try_compressor(driver) || !was_captured(start))
			status = NOT_IN_EFFECT;
	}
	if (status == NOT_IN_EFFECT)
		say("zswap goes on with its old pool for %s, which still holds pages: swapoff and swapon, or choose another --compressor",
		    wanted);
	free(driver);
	free(now);
	return status;
}

/* 0, or an exit status and messages. What was done before a failure stays done. */
int zswap_apply(const struct settings *settings)
{
	static const enum setting plain[] = { MAX_POOL, ACCEPT, SHRINKER };
	const char *pool = settings->value[POOL];
	struct facts facts;
	enum front_end front_end;
	int status = 0;
	size_t i;

	for (i = 0; !status && i < ARRAY_SIZE(plain); i++)
		if (settings->value[plain[i]])
			status = zswap_set(plain[i], settings->value[plain[i]]);
	facts_get(&facts);
	front_end = facts.front_end;
	facts_free(&facts);
	if (status)
		return status;
	if (interrupted())
		return INTERRUPTED;
	if (front_end == BRIDGE && same(pool, "z3fold"))
		return apply_bridge(settings);
	if (front_end == ZPOOL && pool)
		status = zswap_set(POOL, pool);
	if (!status && settings->value[COMPRESSOR])
		status = zswap_set(COMPRESSOR, settings->value[COMPRESSOR]);
	if (!status)
		status = zswap_set(ENABLED, settings->value[ENABLED] ? settings->value[ENABLED] : "Y");
	/* From 6.3 on zswap makes its first pool now, and takes its default where that fails. */
	if (!status && front_end == ZPOOL && pool)
		status = zswap_set(POOL, pool);
	if (!status && settings->value[COMPRESSOR])
		status = zswap_set(COMPRESSOR, settings->value[COMPRESSOR]);
	return status;
}

/* All but the allocator; without the compressor, if that has to wait. */
void zswap_restore(const struct settings *before, bool compressor_waits)
{
	static const enum setting order[] = { COMPRESSOR, MAX_POOL, ACCEPT, SHRINKER, ENABLED };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(order); i++)
		if (before->value[order[i]] && !(compressor_waits && order[i] == COMPRESSOR))
			zswap_set(order[i], before->value[order[i]]);
}

static bool leave_zpool(const char *before)
{
	const char *others[] = { before, "zsmalloc", "zbud" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		char *now;
		bool left;

		if (!others[i] || same(others[i], "z3fold") || file_write(ZSWAP "/zpool", others[i]))
			continue;
		now = file_read(ZSWAP "/zpool");
		left = same(now, others[i]);
		free(now);
		if (left)
			return true;
	}
	say("zswap takes neither zsmalloc nor zbud: it keeps z3fold, and is switched off instead");
	zswap_set(ENABLED, "N");
	return false;
}

/*
 * From now on zswap stores elsewhere, in what it had before if that is known. False if it
 * cannot be made to: its pool stays then.
 */
bool zswap_leave(const struct settings *before)
{
	struct facts facts;
	bool left = true;

	facts_get(&facts);
	if (facts.front_end == ZPOOL && same(facts.zpool, "z3fold"))
		left = leave_zpool(before->value[POOL]);
	else if (facts.front_end == BRIDGE && facts.capture)
		left = !set_capture(false) && use_other_compressor(facts.compressor);
	facts_free(&facts);
	return left;
}
