"""What a conversation is: pure data and rules. No asyncio, threads, Qt, numpy, files, network or clock."""
