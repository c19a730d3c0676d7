# SPDX-License-Identifier: GPL-2.0-only
# gnuplot -e "table='in.txt'; picture='out.svg'" bench.gnuplot
set terminal svg size 900,400 background 'white'
set output picture
set multiplot layout 1,2
set logscale x
set xlabel 'objects'
set ylabel 'ns an operation'
set yrange [0:*]
set key top left
set title 'free and store'
plot table using 1:2 with linespoints title 'one thread', \
     table using 1:3 with linespoints title 'two, pools of their own', \
     table using 1:4 with linespoints title 'two, one pool'
set title 'map and unmap'
plot table using 1:7 with linespoints title 'one thread', \
     table using 1:8 with linespoints title 'two, pools of their own', \
     table using 1:9 with linespoints title 'two, one pool'
