"""The parts of `specbudget record --matrix`, in the order in which they are asked.

choice    which recorded calls are cases, and which models are asked
plan      each case with each model: what would be sent, and the most that it can cost
order     what of that is recorded already, and what is left
keys      which credentials open which host
round     sends what is left, while the till allows it
sender    one call over HTTP, and once more where that is asked for
till      what is spent, what is on its way, and what is left
answers   what an answer consumed and cost
rows      what became of each call, for people and programs
words     what it all came to
"""
