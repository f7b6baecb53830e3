/** What to do with a script that asks for more than this engine has. */
export const otherEngines = 'play this script with `--engine k6-binary` or `--engine k6-container`';
