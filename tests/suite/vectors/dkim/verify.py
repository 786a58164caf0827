"""Verifies the letter on standard input against the key at the name that the arguments give (dkimpy)."""

import sys

import dkim

name, record = sys.argv[1].encode() + b".", sys.argv[2].encode()
letter = sys.stdin.buffer.read()
found = dkim.verify(letter, dnsfunc=lambda asked, timeout=5: record if asked == name else None)
print("good" if found else "bad")
