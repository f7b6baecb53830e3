/** Of every random decision of the shop and of its data: two rehearsals match. */
export const shopSeed = '42';
