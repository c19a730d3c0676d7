// SPDX-License-Identifier: GPL-2.0-only
/*
 * run.c - other programs: modprobe, swapoff, systemctl ...
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctl.h"

extern char **environ;

/* sudo and su keep a user's PATH, which lacks the administrator's programs on some systems. */
static _Noreturn void become(char *const argv[])
{
	const char *path = getenv("PATH");
	char *longer = text_of("%s:/usr/sbin:/sbin", path && *path ? path : "/usr/bin:/bin");

	setenv("PATH", longer, 1);
	execvp(argv[0], argv);
	fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* Starts a program that shares our output; its process, to be waited for. */
int run_start(char *const argv[])
{
	pid_t child;

	fflush(NULL);
	child = fork();
	if (child < 0)
		die(FAILED, "cannot start %s: %s", argv[0], strerror(errno));
	if (child)
		return child;
	/* A Ctrl-C is ours to pass on, when we have said what it ends. */
	setpgid(0, 0);
	become(argv);
}

/*
 * Runs a program to its end: its exit status, 127 if it is not there. Its output, errors
 * too, goes to *output, without the white space at its end.
 */
int run_program(char *const argv[], char **output)
{
	size_t len = 0, room = 0;
	int pipes[2], status = 0;
	char *text = NULL;
	ssize_t got;
	pid_t child;

	fflush(NULL);
	if (pipe(pipes))
		die(FAILED, "cannot make a pipe: %s", strerror(errno));
	child = fork();
	if (child < 0)
		die(FAILED, "cannot start %s: %s", argv[0], strerror(errno));
	if (!child) {
		dup2(pipes[1], STDOUT_FILENO);
		dup2(pipes[1], STDERR_FILENO);
		close(pipes[0]);
		close(pipes[1]);
		become(argv);
	}
	close(pipes[1]);
	do {
		if (room - len < 4096) {
			room += 65536;
			text = must(realloc(text, room));
		}
		got = read(pipes[0], text + len, room - len - 1);
		if (got > 0)
			len += got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	close(pipes[0]);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	while (len && (text[len - 1] == '\n' || text[len - 1] == ' '))
		len--;
	text[len] = 0;
	if (output)
		*output = text;
	else
		free(text);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
