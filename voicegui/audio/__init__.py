"""Microphone, speaker, devices, echo canceller, voice activity, resampling."""
