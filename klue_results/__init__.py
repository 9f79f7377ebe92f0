"""Result files to tables, pictures, cards and the published scores; never torch."""
