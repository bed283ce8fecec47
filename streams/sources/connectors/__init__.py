"""One folder for each platform: parser, client, fixtures. `base` is what each of them keeps to."""
