"""The report room: a diagnosis in, words for a person or a program out."""
