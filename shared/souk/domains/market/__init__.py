"""Records of the market that several domains write and read: relations, activity, and what each side has done."""
