"""Sound files: read in every usual form, written as WAV. Below the parts that play, record and send sound."""
