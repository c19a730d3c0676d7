#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The report of what bench has measured: tables, plots, and all figures as JSON.

Reads a file a part: a line "header NAME=VALUE ...", then lines of figures.  What a part did not measure is not in the
report.
"""

import argparse
import collections
import json
import os
import statistics
import subprocess
import sys

PAGE = 4096
WHO = {'zbud': 'zbud', 'zsmalloc': 'zsmalloc', 'former': 'former z3fold', 'z3fold': 'z3fold'}
COLOURS = {'zbud': '#999999', 'zsmalloc': '#1f77b4', 'former': '#ff7f0e', 'z3fold': '#d62728'}
KERNELS = ('6.1', '6.12', '7')

# An operation, the kernels' names for it, and the phase of the load that has it.
ZSWAP = (
    ('store', ('zswap_store', 'zswap_frontswap_store'), 'churn'),
    ('load', ('zswap_load', 'zswap_frontswap_load'), 'churn'),
    ('invalidate', ('zswap_invalidate', 'zswap_frontswap_invalidate_page'), 'shrink'),
)
ZPOOL = (
    ('allocate', ('zpool_malloc', 'zs_malloc'), 'churn'),
    ('free', ('zpool_free', 'zs_free'), 'churn'),
    ('map', ('zpool_map_handle',), 'churn'),
    ('unmap', ('zpool_unmap_handle',), 'churn'),
    ('write', ('zs_obj_write',), 'churn'),
    ('begin to read', ('zs_obj_read_sg_begin', 'zs_obj_read_begin'), 'churn'),
    ('end reading', ('zs_obj_read_sg_end', 'zs_obj_read_end'), 'churn'),
)
# When the pool's pages are counted, by the phase that has just ended.
PAGES = {'fill': 'after fill', 'read_again': 'after churn', 'shrink': 'after half was freed'}
# These do next to nothing: what they seem to take is the tracer's.
NEARLY_EMPTY = (('zbud', 'zpool_unmap_handle'), ('zsmalloc', 'zs_get_total_pages'))


def number(text):
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text


def words(line, separator=None):
    pairs = (word.split('=', 1) for word in line.split(separator) if '=' in word)
    return {name: number(value) for name, value in pairs}


def read_part(path):
    """(header, [figures a line])"""
    with open(path, encoding='utf-8') as lines:
        header, *rest = lines.read().splitlines()
    return words(header), rest


class Guest:
    """The load in a guest: self.phases[who, traced, phase] is its figures, with functions by name."""

    def __init__(self, header, lines):
        self.header, self.info, self.phases = header, {}, collections.OrderedDict()
        for line in lines:
            figures = words(line)
            if 'kernel' in figures:
                self.info = figures
                continue
            key = tuple(figures.pop(name) for name in ('who', 'traced', 'phase'))
            phase = self.phases.setdefault(key, {'functions': {}})
            if 'function' in figures:
                figures['percentiles'] = [int(value) for value in str(figures['percentiles']).split(',')]
                # our_ is z3fold's, to which the hooks in zsmalloc's functions lead.
                phase['functions'][figures.pop('function').replace('our_', 'zs_')] = figures
            else:
                phase.update(figures)
        self.tracer = min((figures['percentiles'][50] for (who, *_), phase in self.phases.items()
                           for name, figures in phase['functions'].items() if (who, name) in NEARLY_EMPTY), default=0)

    def call(self, who, traced, names, phase):
        functions = self.phases.get((who, traced, phase), {'functions': {}})['functions']
        return next((functions[name] for name in names if name in functions), None)

    def pages(self, who, phase):
        figures = self.phases.get((who, 'zswap', phase))
        return figures and figures['pool_bytes'] // PAGE

    def same_pages(self):
        """Whether both runs of the load came out with the same pages: the largest difference, in percent."""
        differences = [abs(figures['pool_bytes'] / self.phases[who, 'zswap', phase]['pool_bytes'] - 1) * 100
                       for (who, traced, phase), figures in self.phases.items()
                       if traced == 'zpool' and phase in PAGES and (who, 'zswap', phase) in self.phases]
        return max(differences, default=0)


class Native:
    """The allocators by themselves: self.runs[who, sizes, objects] is a list of runs, each a dictionary."""

    def __init__(self, header, lines):
        self.header, self.runs = header, collections.OrderedDict()
        for line in lines:
            label, _, rest = line.removeprefix('native ').partition(' ')
            label, figures = words(label, '/'), words(rest)
            runs = self.runs.setdefault((label['who'], label['sizes'], label['objects']), collections.OrderedDict())
            run = runs.setdefault(label['run'], {'latencies': {}, 'life': []})
            if 'latency' in figures:
                run['latencies'].setdefault(figures['latency'], []).append((figures['ns'], figures['count']))
            elif 'step' in figures:
                run['life'].append((figures['step'], figures['stored'], figures['in_pages']))
            else:
                run.update(figures)

    def median(self, key, name, scaling=False):
        values = [run[name] for number, run in self.runs.get(key, {}).items()
                  if (number == 0) == scaling and name in run]
        return statistics.median(values) if values else None

    def detailed(self, key):
        return next((run for run in self.runs.get(key, {}).values() if run['latencies']), None)

    def quantile(self, key, operation, share):
        run = self.detailed(key)
        if not run or operation not in run['latencies']:
            return None
        counts = run['latencies'][operation]
        wanted, seen = sum(count for _, count in counts) * share, 0
        for ns, count in counts:
            seen += count
            if seen >= wanted:
                return ns
        return None

    def disturbances(self):
        most = max(run['disturbed'] for runs in self.runs.values() for run in runs.values())
        return f' What took over 0.1 ms, up to {most:,} operations of a run, waited for a CPU and is left out.'

    def counts(self):
        return sorted({objects for (_, _, objects), runs in self.runs.items() if 0 in runs})


# ---- tables ----------------------------------------------------------------------------------------------------------

def grouped(value, digits=0):
    return '' if value is None else f'{value:,.{digits}f}'


class Table:
    """A row: where, what, and a figure for each allocator, or nothing."""

    def __init__(self):
        self.rows = []

    def add(self, where, what, values, digits=0, notes=None):
        if all(value is None for value in values.values()):
            return
        cells = [where, what]
        for who in WHO:
            note = (notes or {}).get(who)
            cells.append(grouped(values.get(who), digits) + (f' ({note})' if note else ''))
        ours = values.get('z3fold')
        for who in ('zsmalloc', 'former'):
            other = values.get(who)
            # Next to nothing is not compared.
            cells.append(f'{ours / other:.2f}' if ours is not None and (other or 0) >= 2 else '')
        self.rows.append(cells)

    def __str__(self):
        head = ['where', 'what', *WHO.values(), 'z3fold : zsmalloc', 'z3fold : former']
        lines = [head, ['---', '---'] + ['---:'] * (len(head) - 2), *self.rows]
        return '\n'.join('| ' + ' | '.join(line) + ' |' for line in lines)


def speed_table(guests, native):
    table = Table()
    for kernel, guest in guests.items():
        for traced, operations in (('zswap', ZSWAP), ('zpool', ZPOOL)):
            for what, names, phase in operations:
                calls = {who: guest.call(who, traced, names, phase) for who in WHO}
                found = {who: call for who, call in calls.items() if call}
                kind = 'zswap' if traced == 'zswap' else 'zsmalloc\'s interface' if kernel == '7' else 'zpool'
                table.add(f'{kernel}, instructions', f'{kind}: {what}',
                          {who: max(call['percentiles'][50] - guest.tracer, 0) for who, call in found.items()},
                          notes={who: f'{max(call["mean"] - guest.tracer, 0):,}' for who, call in found.items()})
    if native:
        for sizes in ('lzo', 'zstd'):
            for what, name in (('map and unmap', 'map'), ('map, read all, unmap', 'read'),
                               ('churn: free, allocate, write, background', 'churn'), ('&nbsp; of it free', 'free'),
                               ('&nbsp; of it allocate', 'malloc'), ('&nbsp; of it write', 'write'),
                               ('&nbsp; of it background', 'background'), ('free half: free', 'half_free'),
                               ('free half: background, a freed object', 'half_background')):
                values = {who: native.median((who, sizes, 200000), name) for who in WHO}
                table.add(f'native, {sizes}, ns', what,
                          {who: value / 100 for who, value in values.items() if value is not None})
            table.add(f'native, {sizes}, ns', 'churn: 99 % of frees take at most',
                      {who: native.quantile((who, sizes, 200000), 'free', 0.99) for who in WHO})
    return table


def density_table(guests, native):
    table = Table()
    for kernel, guest in guests.items():
        for phase, what in PAGES.items():
            stored = {who: guest.phases.get((who, 'zswap', phase), {}).get('stored') for who in WHO}
            pages = {who: guest.pages(who, phase) for who in WHO}
            table.add(f'{kernel}, pages', what, pages,
                      notes={who: f'{stored[who] / pages[who]:.2f}' for who in WHO if stored[who] and pages[who]})
    if native:
        for sizes in ('lzo', 'zstd'):
            for what, names in (('after fill', ('pages_fill',)), ('after churn', ('pages_churn',)),
                                ('after half was freed, settled', ('pages_half',)),
                                ('&nbsp; the same with slab pages', ('pages_half', 'slab_half')),
                                ('&nbsp; the same after the shrinkers ran', ('pages_shrunk', 'slab_shrunk'))):
                values = {}
                for who in WHO:
                    parts = [native.median((who, sizes, 200000), name) for name in names]
                    if None not in parts:
                        values[who] = sum(parts)
                table.add(f'native, {sizes}, pages', what, values)
    return table


def scale_table(native, host):
    table = Table()
    if native:
        for what, name in (('map and unmap', 'map'), ('churn', 'churn')):
            for objects in native.counts():
                values = {who: native.median((who, 'lzo', objects), name, scaling=True) for who in WHO}
                table.add(f'native, {objects:,} objects, ns', what,
                          {who: value / 100 for who, value in values.items() if value is not None})
    for objects, *figures in host[::2]:
        for what, first in (('churn', 0), ('map and unmap', 5)):
            one, own, shared = figures[first:first + 3]
            for threads, value in (('one thread', one), ('two threads, pools of their own', own),
                                   ('two threads, one pool', shared)):
                table.add(f'userspace, {int(objects):,} objects, ns', f'{what}, {threads}', {'z3fold': value}, 1)
    return table


def count_table(counts):
    lines = ['| call | objects | instructions | misses of 32 KiB: read, write | misses of 1 MiB: read, write |',
             '| --- | ---: | ---: | ---: | ---: |']
    for call in dict.fromkeys(line[1] for line in counts):
        lines += [f'| {call} | {int(line[0]):,} | {float(line[2]):.0f} | {line[3]}, {line[4]} | {line[5]}, {line[6]} |'
                  for line in counts if line[1] == call]
    return '\n'.join(lines)


# ---- plots -----------------------------------------------------------------------------------------------------------

class Plot:
    """Panels of curves, one an allocator, drawn by gnuplot."""

    def __init__(self, path, columns, rows=1):
        self.path, self.panels = path, []
        self.head = (f"set terminal svg size {380 * columns},{320 * rows} background 'white'\n"
                     f"set output '{path}'\nset multiplot layout {rows},{columns}\n")

    def panel(self, title, x, y, curves, options=''):
        """curves: [(who or (name, colour), [(x, y)])]"""
        curves = [(who, points) for who, points in curves if points]
        if not curves:
            return
        text, plots = '', []
        for i, (who, points) in enumerate(curves):
            name, colour = who if isinstance(who, tuple) else (WHO[who], COLOURS[who])
            data = f'$d{len(self.panels)}_{i}'
            text += f'{data} << E\n' + ''.join(f'{a} {b}\n' for a, b in points) + 'E\n'
            plots.append(f"{data} with lines lw 2 lc rgb '{colour}' title '{name}'")
        self.panels.append(f"{text}unset logscale\nset format '%g'\nset xrange [*:*]\nset yrange [*:*]\nset key below samplen 1 font ',9'\n"
                           f"set title '{title}'\nset xlabel '{x}'\nset ylabel '{y}'\n{options}\n"
                           f"plot {', '.join(plots)}\n")

    def draw(self):
        if self.panels:
            subprocess.run(['gnuplot'], input=self.head + ''.join(self.panels), text=True, check=True)
        return bool(self.panels)


def density_plot(path, native):
    plot = Plot(path, 2)
    for sizes in ('lzo', 'zstd'):
        curves = []
        for who in WHO:
            run = native.detailed((who, sizes, 200000))
            curves.append((who, run and [((i + 1) * 3 / len(run['life']), stored / (pages * PAGE))
                                         for i, (_, stored, pages) in enumerate(run['life']) if pages]))
        plot.panel(f'sizes of {sizes}', 'phases, each drawn as wide', 'stored bytes to bytes of pages', curves,
                   'set yrange [0:1]\nset xrange [0:3]\n'
                   'set xtics ("fill" 0.5, "churn" 1.5, "free half" 2.5)')
    return plot.draw()


def latency_plot(path, native):
    plot = Plot(path, 2, 2)
    titles = {'free': 'free', 'malloc': 'allocate', 'write': 'map, write, unmap', 'read': 'map, read all, unmap'}
    for operation, title in titles.items():
        curves = []
        for who in WHO:
            run, seen, points = native.detailed((who, 'lzo', 200000)), 0, []
            counts = run['latencies'].get(operation, []) if run else []
            total = sum(count for _, count in counts)
            for ns, count in counts:
                points.append((max(ns, 1), max(1 - seen / total, 1e-6)))
                seen += count
            curves.append((who, points))
        plot.panel(title, 'ns', 'share of operations that take longer', curves,
                   'set logscale xy\nset xrange [10:100000]\nset yrange [1e-5:1]\n'
                   'set format "10^{%T}"')
    return plot.draw()


def instructions_plot(path, guests):
    plot = Plot(path, 4, len(guests))
    for kernel, guest in guests.items():
        for traced, (what, names, phase) in [('zswap', operation) for operation in ZSWAP[:2]] + \
                                            [('zpool', operation) for operation in ZPOOL[:2]]:
            curves = []
            for who in WHO:
                call = guest.call(who, traced, names, phase)
                curves.append((who, call and [(value - guest.tracer, share)
                                              for share, value in enumerate(call['percentiles'][:100])]))
            plot.panel(f'{kernel}: {what}', 'instructions', 'per cent take at most', curves,
                       'set yrange [0:100]\nset ytics 20\nset xtics rotate by -45')
    return plot.draw()


def scale_plot(path, native, host):
    plot = Plot(path, 2, 2 if host else 1)
    for what, name in (('churn', 'churn'), ('map and unmap', 'map')):
        curves = []
        for who in WHO:
            points = [(objects, native.median((who, 'lzo', objects), name, scaling=True)) for objects in native.counts()]
            curves.append((who, [(objects, value / 100) for objects, value in points if value is not None]))
        plot.panel(f'native: {what}', 'objects', 'ns', curves, 'set logscale x\nset yrange [0:*]')
    for what, first in (('churn', 1), ('map and unmap', 6)):
        curves = [((name, colour), [(line[0], line[first + i]) for line in host]) for i, (name, colour) in enumerate(
            (('one thread', '#d62728'), ('two, pools of their own', '#2ca02c'), ('two, one pool', '#1f77b4')))]
        plot.panel(f'userspace, z3fold: {what}', 'objects', 'ns an operation of all threads', curves,
                   'set logscale x\nset yrange [0:*]')
    return plot.draw()


# ---- the report ------------------------------------------------------------------------------------------------------

def machine_table(headers, guests, native):
    lines = ['| part | command | date, commit | machine | versions |', '|---|---|---|---|---|']
    for part, header in headers.items():
        versions = [f'gcc {header["gcc"]}']
        if part in guests:
            info = guests[part].info
            versions = [f'stock {info["kernel"]} (Debian {info["version"]})', f'QEMU {header.get("qemu", "?")} -icount']
        elif native and part == 'native':
            versions.append(f'linux-source-6.12 {header["source"]}, User-Mode Linux')
        cpu = str(header['cpu']).replace('_', ' ')
        if part not in guests and 'load' in header:
            versions.append(f'load of the machine when it began {header["load"]}')
        lines.append(f'| {part} | `sudo make bench KERNELS={part}` | {header["date"]}, {header["commit"]} | {cpu}, '
                     f'{header["cpus"]} CPUs, {header["memory_mib"] / 1024:.0f} GiB, Debian {header["debian"]}, '
                     f'Linux {header["host_kernel"]} | {", ".join(versions)} |')
    return '\n'.join(lines)


def write_report(args, headers, guests, native, host, counts):
    base = os.path.dirname(os.path.abspath(args.report))

    def command(*parts):
        there = [part for part in parts if part in headers]
        return f'`sudo make bench KERNELS="{" ".join(there)}"`'

    def picture(name, draw, *data):
        path = os.path.join(args.pictures, name + '.svg')
        if draw(path, *data):
            out.append(f'![{name}]({os.path.relpath(path, base)})\n')

    out = ['# z3fold beside the kernel\'s other allocators of compressed pages\n',
           'Written by `sudo make bench` (selftests/bench/report.py): every figure is from the run that the table at the '
           'end names. Former z3fold is the kernel\'s own, which Linux had until 2025. The last columns are '
           'z3fold\'s figure divided by the other\'s; below 1, z3fold takes less. How it is measured: '
           '[selftests/bench](selftests/bench/README.md).\n']

    out.append('## How fast?\n')
    if guests:
        tracers = ', '.join(f'{guest.tracer} on {kernel}' for kernel, guest in guests.items())
        load = next(iter(guests.values())).info.get('load_mib')
        out.append(f'Instructions: in guests with one CPU, a program that writes {load} MiB, reads it, writes it anew and '
                   'frees half, with most of it in zswap (lzo) and each byte verified. The median call, and the mean in '
                   'brackets, which has the interrupts that fell into calls. zswap\'s figures have compression in them. '
                   f'The tracer\'s own part ({tracers}), measured on a function that does next to nothing, is taken off.\n')
    if native:
        runs = sum(number > 0 for number in native.runs['z3fold', 'lzo', 200000])
        out.append('Nanoseconds: 200,000 objects with the sizes to which lzo and zstd compress real pages, a million '
                   f'operations, medians of {runs} runs.{native.disturbances()} Background is what the allocator has '
                   'workqueues do: z3fold moves objects out of sparse pages when many are freed.\n')
    out += [str(speed_table(guests, native)), f'\n{command(*guests, "native")}\n']
    if guests:
        picture('instructions', instructions_plot, guests)
    if native:
        picture('latency', latency_plot, native)

    out.append('## How dense?\n')
    if guests:
        same = max(guest.same_pages() for guest in guests.values())
        out.append('Pages that the pool takes when it has settled, and objects a page in brackets. '
                   f'Each guest\'s load ran twice; its pages differed by at most {same:.1f} %.\n')
    out += [str(density_table(guests, native)), f'\n{command(*guests, "native")}\n']
    if native:
        picture('density', density_plot, native)

    if native or host:
        out.append('## How does it scale?\n')
        out.append('With the number of objects: the native measurement, with sizes of lzo, one run. With threads: '
                   'z3fold\'s own files in userspace (`make bench-host`), the least of seven runs, nanoseconds an '
                   'operation of all threads: half of one thread\'s is perfect, on CPUs that do nothing else; the load at the '
                   'time is in the table at the end.\n')
        out += [str(scale_table(native, host)), f'\n{command("native", "host")}\n']
        if native:
            picture('scale', scale_plot, native, host)
    if counts:
        out.append('What a call takes, by callgrind, which emulates two caches: z3fold\'s own files in userspace '
                   '(`make -C selftests/host bench-count`), 200,000 operations on random objects. A miss of a write is '
                   'not waited for.\n')
        out += [count_table(counts), f'\n{command("host")}\n']

    out += ['## Machine and versions\n', machine_table(headers, guests, native), '']
    with open(args.report, 'w', encoding='utf-8') as file:
        file.write('\n'.join(out))


def write_json(path, headers, guests, native, host, counts):
    figures = {'headers': headers, 'host': host, 'counts': counts,
               'guests': {kernel: {'info': guest.info, 'tracer': guest.tracer,
                                   'phases': {' '.join(key): phase for key, phase in guest.phases.items()}}
                          for kernel, guest in guests.items()},
               'native': {' '.join(map(str, key)): runs for key, runs in native.runs.items()} if native else {}}
    with open(path, 'w', encoding='utf-8') as file:
        json.dump(figures, file, indent=1)


def main():
    parser = argparse.ArgumentParser(description='Write the report of what bench has measured.')
    for name, what in (('raw', 'directory of a file a part'), ('report', 'the report'),
                       ('pictures', 'directory for plots'), ('json', 'all figures')):
        parser.add_argument(f'--{name}', required=True, help=what)
    args = parser.parse_args()

    parts = {part: read_part(os.path.join(args.raw, part)) for part in (*KERNELS, 'native', 'host')
             if os.path.exists(os.path.join(args.raw, part))}
    if not parts:
        sys.exit(f'report: nothing has been measured yet ({args.raw} is empty): sudo make bench')
    headers = {part: header for part, (header, _) in parts.items()}
    guests = {kernel: Guest(*parts[kernel]) for kernel in KERNELS if kernel in parts}
    native = Native(*parts['native']) if 'native' in parts else None
    lines = [line.split() for line in parts.get('host', ({}, []))[1] if '#' not in line]
    host = [[float(word) for word in words] for kind, *words in lines if kind == 'host']
    counts = [words for kind, *words in lines if kind == 'count']
    write_report(args, headers, guests, native, host, counts)
    write_json(args.json, headers, guests, native, host, counts)


if __name__ == '__main__':
    main()
