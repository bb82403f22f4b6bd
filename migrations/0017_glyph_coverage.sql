-- Stores which characters the fonts of a print environment show, so that lint names the others.

alter table print_environments add column glyph_coverage bytea;
comment on column print_environments.glyph_coverage is 'The characters that prints show: ranges of code points in order, each as two varints (LEB128): the number of code points between the previous range and this one, and the number of its code points minus 1; null if it was last set before this column existed';
