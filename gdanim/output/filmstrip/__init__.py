"""filmstrip"""
