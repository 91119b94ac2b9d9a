"""One file per external program or native library; each is the only caller of it."""
