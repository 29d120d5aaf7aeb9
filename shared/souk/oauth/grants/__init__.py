"""The token endpoint's grants (RFC 6749, section 4), one module for each."""
