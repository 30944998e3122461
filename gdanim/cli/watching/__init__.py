"""`--watch`: renders again when what was read has changed; `--serve`: an open page that follows."""
