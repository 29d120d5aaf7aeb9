"""Files that people upload to the attachments bucket, to attach them to what they post."""
