// SPDX-License-Identifier: GPL-2.0-only
/*
 * zswap.c - setting zswap's parameters, and going back
 *
 * With zpool, zswap's parameter of that name chooses the allocator. Without, the module's
 * parameter capture says that zswap's next pools are z3fold's, and zswap makes a pool when
 * it is given another compressor.
 */
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

/* Makes zswap begin a pool with another compressor than this one: any that the kernel has. */
static bool use_other_compressor(const char *than)
{
	static const char * const names[] = { "lzo", "lzo-rle", "lz4", "zstd", "deflate", "842", "lz4hc" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *now;
		bool done;

		if (same(names[i], than) || file_write(ZSWAP "/compressor", names[i]))
			continue;
		now = file_read(ZSWAP "/compressor");
		done = same(now, names[i]);
		free(now);
		if (done)
			return true;
	}
	say("zswap takes no other compressor than %s, so it cannot be made to begin a new pool", than);
	return false;
}

static int apply_bridge(const struct settings *settings)
{
	char *now = file_read(ZSWAP "/compressor");
	const char *wanted = settings->value[COMPRESSOR] ? settings->value[COMPRESSOR] : now;
	struct facts facts;
	int status, tries;

	status = set_capture(true);
	if (!status && wanted && same(wanted, now) && !use_other_compressor(now))
		status = FAILED;
	if (!status && wanted)
		status = zswap_set(COMPRESSOR, wanted);
	if (!status)
		status = zswap_set(ENABLED, "Y");
	/* The pool of the interim compressor may be going away meanwhile: its end is no answer. */
	for (tries = 0; !status && tries < 10; tries++) {
		facts_get(&facts);
		if (!facts.users)
			status = NOT_IN_EFFECT;
		facts_free(&facts);
		if (!status)
			usleep(100000);
	}
	if (status == NOT_IN_EFFECT)
		say("zswap's old pool for %s still holds pages, so zswap goes on with it: swapoff and swapon, or choose another --compressor",
		    wanted);
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

	for (i = 0; !status && i < sizeof(plain) / sizeof(plain[0]); i++)
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

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (before->value[order[i]] && !(compressor_waits && order[i] == COMPRESSOR))
			zswap_set(order[i], before->value[order[i]]);
}

static bool leave_zpool(const char *before)
{
	const char *others[] = { before, "zsmalloc", "zbud" };
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
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
