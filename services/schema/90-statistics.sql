-- On its own: VACUUM cannot run together with other statements. Spares the first minutes of the shop the automatic one.
VACUUM (ANALYZE);
