"""What people type, in gdanim's own spelling: from characters to tokens to plain text."""
