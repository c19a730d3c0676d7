// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor_boot.c - what the machine's boot decides: the key, the command line, the initramfs,
 * and what the kernel's log says of it
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"

#define SECURE_BOOT	"/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define MOK		"/var/lib/dkms/mok.pub"

/* An EFI variable: four bytes of attributes, then its value. */
static bool secure_boot(void)
{
	char *path = file_path(SECURE_BOOT);
	unsigned char bytes[5];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool on = fd >= 0 && read(fd, bytes, sizeof(bytes)) == sizeof(bytes) && bytes[4] == 1;

	if (fd >= 0)
		close(fd);
	free(path);
	return on;
}

void doctor_secure_boot(const struct facts *facts)
{
	char *key = file_path(MOK), *enforced = file_read("/sys/module/module/parameters/sig_enforce"), *output;
	char *const mokutil[] = { "mokutil", "--test-key", key, NULL };

	if (!secure_boot() && !facts_yes(enforced)) {
		good("Secure Boot is off: the module needs no enrolled key");
	} else if (facts->loaded && !facts->foreign) {
		good("Secure Boot is on, and the module was accepted");
	} else if (!file_exists(MOK)) {
		trouble("Secure Boot is on and dkms has no key (%s): reinstall z3fold-dkms, which makes one", MOK);
	} else if (run_program(mokutil, &output), strstr(output, "is already enrolled")) {
		good("Secure Boot is on, and dkms's key is enrolled");
		free(output);
	} else {
		trouble("Secure Boot is on and dkms's key may not be enrolled: sudo mokutil --import %s, then reboot and confirm", MOK);
		free(output);
	}
	free(enforced);
	free(key);
}

/* The value of NAME=VALUE on the kernel's command line, the last one; NULL if there is none. */
static char *boot_argument(const char *name)
{
	char *text = file_read("/proc/cmdline"), *rest = text, *word, *value = NULL;
	size_t len = strlen(name);

	while ((word = strsep(&rest, " \n")))
		if (!strncmp(word, name, len) && word[len] == '=') {
			free(value);
			value = must(strdup(word + len + 1));
		}
	free(text);
	return value;
}

/* 1: it is in the initramfs, 0: it is not, -1: nobody can say. */
static int in_initramfs(const char *release)
{
	char *paths[2] = { text_of("/boot/initrd.img-%s", release), text_of("/boot/initramfs-%s.img", release) };
	static const char * const listers[2] = { "lsinitramfs", "lsinitrd" };
	int answer = -1;
	size_t i;

	for (i = 0; i < 2; i++) {
		char *full = file_path(paths[i]), *output;
		char *argv[] = { (char *)listers[i], full, NULL };

		if (answer < 0 && file_exists(paths[i]) && access(full, R_OK) == 0) {
			if (!run_program(argv, &output))
				answer = strstr(output, "/z3fold.ko") != NULL;
			free(output);
		}
		free(full);
		free(paths[i]);
	}
	return answer;
}

void doctor_boot(const struct facts *facts, const char *release)
{
	char *zpool = boot_argument("zswap.zpool");
	bool asked = zpool && !strcmp(zpool, "z3fold");
	int there = in_initramfs(release);

	if (there > 0)
		good("the module is in the initramfs");
	else if (!there && asked && facts->zpool)
		trouble("zswap.zpool=z3fold is on the kernel's command line, but the module is not in the initramfs: sudo update-initramfs -u (or dracut -f)");
	else if (!there && facts->zpool)
		doubt("the module is not in the initramfs: zswap.zpool=z3fold would not work there; sudo update-initramfs -u (or dracut -f)");
	else if (asked)
		doubt("nobody here can list the initramfs: see that the module is in it, for zswap.zpool=z3fold");
	if (asked && facts->zpool && strcmp(facts->zpool, "z3fold"))
		trouble("zswap.zpool=z3fold is on the kernel's command line, but zswap has %s: the module was not there when zswap started",
			facts->zpool);
	if (asked && facts->zswap && !facts->zpool)
		doubt("zswap.zpool= on the command line does nothing on this kernel, which has no zpool: sudo z3foldctl enable --persist");
	free(zpool);
}

static const struct {
	const char *text, *says;
} known[] = {
	{ "Key was rejected by service", "dkms's key is not enrolled: sudo mokutil --import " MOK ", then reboot and confirm" },
	{ "zpool z3fold not available", "zswap did not find the module when it started: put it into the initramfs (sudo update-initramfs -u)" },
	{ "z3fold: disagrees about version of symbol", "the module was built for another kernel: sudo dkms autoinstall --force" },
	{ "z3fold: Unknown symbol", "the module was built for another kernel: sudo dkms autoinstall --force" },
	{ "z3fold: version magic", "the module was built for another kernel: sudo dkms autoinstall --force" },
	{ "z3fold: cannot hook", "the bridge to zswap could not be built, for the reason given" },
	{ "zswap: pool creation failed", "zswap could not make its pool, the lines before it say why" },
	{ "zswap: compressor", "zswap did not get the compressor it was told: is it in the initramfs?" },
	{ "leaks", "a bug of z3fold: please report it with the log" },
};

static bool concerns_us(const char *line)
{
	return strstr(line, "z3fold") || strstr(line, "zswap: ") || strstr(line, "Key was rejected");
}

static bool look_at(const char *line)
{
	size_t i;

	if (!concerns_us(line))
		return false;
	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (strstr(line, known[i].text)) {
			doubt("the log has \"%.100s\": %s", line, known[i].says);
			return true;
		}
	return false;
}

/* A read gives one record, "level,number,time,flags;text"; of a recorded tree, all of them. */
void doctor_log(void)
{
	char *path = file_path("/dev/kmsg"), record[8192];
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	bool found = false;
	ssize_t got = 0;

	free(path);
	if (fd < 0) {
		doubt("the kernel's log is not readable%s", errno == ENOENT ? "" : ": sudo z3foldctl doctor sees more");
		return;
	}
	while ((got = read(fd, record, sizeof(record) - 1)) > 0 || (got < 0 && (errno == EPIPE || errno == EINTR))) {
		char *line, *rest = record;

		record[got > 0 ? got : 0] = 0;
		while ((line = strsep(&rest, "\n"))) {
			char *text = strchr(line, ';');

			/* Lines with a blank first are a record's properties. */
			if (*line != ' ' && look_at(text ? text + 1 : line))
				found = true;
		}
	}
	close(fd);
	if (!found)
		good("the kernel's log has no complaint");
}
