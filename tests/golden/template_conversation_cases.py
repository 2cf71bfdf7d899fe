def conversations():
    return []
